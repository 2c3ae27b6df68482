"""Loading a collection by name: Lee's documents, a folder of SMART files, or one of ir_datasets."""

import warnings
from pathlib import Path

from course_lib.ranking.collection import Collection
from course_lib.ranking.runs import numbered_fields, numbered_lines
from course_lib.ranking.smart import read_smart, smart_files


def load_collection(name_or_path: str | Path) -> Collection:
    """Load a collection.

    ``"lee"``: 50 news documents of gensim's with human judgements of how alike any two are (Lee,
    Pincombe and Welsh 2005), 1 (highly unrelated) to 5 (highly related), stored as a mean over
    people divided by 5. Each document is a query against the other 49. The grade is the rating
    rounded down, less 1: 0 below 2, then 1, 2, 3, and 4 for a rating of 5. Every query has at least
    one document of grade 1 or better; 257 of the 1,225 pairs have.

    ``"ir_datasets:NAME"``: a collection of ir_datasets, such as "ir_datasets:cranfield". It is
    downloaded when it is used for the first time, and held in memory.

    A folder: the SMART files in it (``read_smart``, where their names are said, too): documents
    (``*.all`` or ``*.all.*``), queries (``*.qry``) and judgements (``*.rel`` or ``*qrel*`` ), one
    of each.

    Parameters
    ----------
    name_or_path : str or pathlib.Path
        One of these.

    Returns
    -------
    Collection
        Documents, queries and graded judgements.

    Raises
    ------
    ValueError
        There is no such collection, or the files contradict each other.
    FileNotFoundError
        The folder lacks a file, or a collection cannot be downloaded.
    """
    if name_or_path == "lee":
        return _lee()
    if isinstance(name_or_path, str) and name_or_path.startswith("ir_datasets:"):
        return _ir_datasets(name_or_path.removeprefix("ir_datasets:"))
    # The empty name would be the folder that one is in.
    if name_or_path and isinstance(name_or_path, str | Path) and Path(name_or_path).is_dir():
        return read_smart(*smart_files(Path(name_or_path)))
    raise ValueError(
        f"There is no collection {name_or_path!r}. Say 'lee', 'ir_datasets:NAME', or the folder of "
        "SMART files; read_smart(documents, queries, judgements) takes three files."
    )


def _lee() -> Collection:
    from gensim.test.utils import datapath  # late: importing gensim takes a second

    texts = [line for _, line in numbered_lines(Path(datapath("lee.cor")), "latin-1")]
    ids = [str(number) for number in range(1, len(texts) + 1)]
    documents = dict(zip(ids, texts, strict=True))
    rows = [fields for _, fields in numbered_fields(Path(datapath("similarities0-1.txt")))]
    qrels: dict[str, dict[str, int]] = {name: {} for name in ids}
    for i, query in enumerate(ids):
        for j, name in enumerate(ids):
            if i != j:
                rating = 5 * float(rows[min(i, j)][max(i, j)])  # only the upper triangle is filled
                qrels[query][name] = int(rating) - 1
    return Collection("lee", documents, dict(documents), qrels, {name: {name} for name in ids})


def _ir_datasets(name: str) -> Collection:
    import ir_datasets  # late: it takes half a second

    try:
        dataset = ir_datasets.load(name)
    except KeyError as error:
        raise ValueError(
            f"ir_datasets has no collection {name!r}. https://ir-datasets.com lists them."
        ) from error
    missing = [
        kind for kind in ("docs", "queries", "qrels") if not getattr(dataset, f"has_{kind}")()
    ]
    if missing:
        raise ValueError(
            f"The collection {name!r} of ir_datasets has no {' and no '.join(missing)}."
        )
    try:
        documents = {item.doc_id: item.default_text() for item in dataset.docs_iter()}
        queries = {item.query_id: item.default_text() for item in dataset.queries_iter()}
        judgements = [(q.query_id, q.doc_id, int(q.relevance)) for q in dataset.qrels_iter()]
    except (OSError, RuntimeError) as error:
        raise FileNotFoundError(
            f"ir_datasets cannot fetch {name!r}. Is there a network, and is the source still "
            "there? (What was fetched lies in ~/.ir_datasets, or where IR_DATASETS_HOME says.) "
            "The collection 'lee' needs no network."
        ) from error
    qrels: dict[str, dict[str, int]] = {}
    for query, document, grade in judgements:
        if query in queries and document in documents:
            qrels.setdefault(query, {})[document] = grade
    without = len(judgements) - sum(map(len, qrels.values()))
    if without:
        warnings.warn(
            f"{without:,} judgements of {name} are left out: they repeat others, or their query or "
            "document is not there.",
            stacklevel=3,
        )
    return Collection(f"ir_datasets:{name}", documents, queries, qrels)
