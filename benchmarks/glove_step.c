// GloVe's step as a plain C program takes it: one count after another, all numbers double, AdaGrad
// with a square root for each component, the logarithm and the weight worked out anew each time
// (Pennington et al. 2014, equation 8; Stanford's program does the same work a count).

#include <math.h>

typedef struct {
    int center, context;
    double count;
} Entry;

// Rows of d vector components and a bias, first all words as centres, then all as contexts.
double train(const Entry *entries, long n, double *numbers, double *squares, long V, int d,
             double rate, double x_max, double alpha) {
    double loss = 0;
    for (long k = 0; k < n; k++) {
        double *w = numbers + entries[k].center * (long)(d + 1);
        double *c = numbers + (V + entries[k].context) * (long)(d + 1);
        double *w_squares = squares + (w - numbers), *c_squares = squares + (c - numbers);
        double error = w[d] + c[d] - log(entries[k].count);
        for (int i = 0; i < d; i++) error += w[i] * c[i];
        double weight = entries[k].count > x_max ? 1 : pow(entries[k].count / x_max, alpha);
        double step = weight * error * rate;
        loss += 0.5 * weight * error * error;
        for (int i = 0; i < d; i++) {
            double w_step = step * c[i], c_step = step * w[i];
            w[i] -= w_step / sqrt(w_squares[i]);
            c[i] -= c_step / sqrt(c_squares[i]);
            w_squares[i] += w_step * w_step;
            c_squares[i] += c_step * c_step;
        }
        w[d] -= step / sqrt(w_squares[d]);
        c[d] -= step / sqrt(c_squares[d]);
        w_squares[d] += step * step;
        c_squares[d] += step * step;
    }
    return loss;
}
