// Co-occurrence counts by a hash map: what one writes first in C++.

#include <cstdint>
#include <unordered_map>

// Words are rows, -1 ends a sentence. Returns the number of different pairs.
extern "C" long count_pairs(const int32_t *words, long n, int window) {
    std::unordered_map<uint64_t, double> counts;
    for (long place = 0; place < n; place++) {
        for (long other = place - 1; other >= 0 && other >= place - window; other--) {
            if (words[place] < 0 || words[other] < 0) break;
            uint64_t center = words[place], context = words[other];
            double weight = 1.0 / (place - other);
            counts[center << 32 | context] += weight;
            counts[context << 32 | center] += weight;
        }
    }
    return counts.size();
}
