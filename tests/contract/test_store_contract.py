"""What every store must do, whichever engine is behind it. A new adapter is one more line in ADAPTERS."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import QueryError, StoreError
from kg.rdf import NamedGraph, Triple
from kg.store import Store
from kg.store.oxigraph import OxigraphStore
from kg.store.reference import ReferenceStore
from kg.terms import IRI, RDF_LANG_STRING, XSD, Literal, Term, boolean, date, decimal, integer, moment, text

ADAPTERS: dict[str, Callable[[Path], Store]] = {
    "oxigraph-memory": lambda _: OxigraphStore.in_memory(),
    "oxigraph-disk": lambda folder: OxigraphStore.on_disk(folder / "store"),
    "reference": lambda _: ReferenceStore(),
}

# rdflib warns about names that it still uses itself.
pytestmark = pytest.mark.filterwarnings(r"ignore:Dataset\.:DeprecationWarning")

#: More triples than any adapter takes in one small transaction: the way of large loads.
LARGE = 21_000

EX = "https://example.org/"
ALL = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"


@pytest.fixture(params=ADAPTERS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = ADAPTERS[request.param](tmp_path)
    yield opened
    opened.close()


def ex(name: str) -> IRI:
    return IRI(EX + name)


def graph(name: str, *triples: tuple[str, str, Term | str]) -> NamedGraph:
    made = (Triple(ex(s), ex(p), ex(o) if isinstance(o, str) else o) for s, p, o in triples)
    return NamedGraph(ex(name), ex(f"about-{name}"), tuple(made))


def large(name: str, size: int = LARGE) -> NamedGraph:
    return NamedGraph(ex(name), ex("about"), tuple(Triple(ex(f"s{i}"), ex("p"), integer(i)) for i in range(size)))


def contents(store: Store) -> tuple[list[str], list[str]]:
    """Everything that can be seen of a store: its named graphs, and its default graph with every repetition."""
    default = sorted(" ".join(value.n3 for value in row if value) for row in store.select(ALL).rows)
    return sorted(quad.nquad for quad in store.quads()), default


def expected(*graphs: NamedGraph) -> tuple[list[str], list[str]]:
    quads = sorted({quad.nquad for one in graphs for quad in one.quads})
    return quads, sorted({" ".join(part.n3 for part in triple) for one in graphs for triple in one.triples})


A = graph("a", ("x", "p", "y"), ("x", "q", text("shared")), ("x", "r", text("only in a")))
B = graph("b", ("x", "q", text("shared")), ("z", "p", "y"))
C = graph("c", ("x", "q", text("shared")))

# ---- reading what was written ----------------------------------------------------------------------------------------


def test_a_new_store_is_empty(store: Store) -> None:
    assert store.graph_names() == []
    assert contents(store) == ([], [])
    assert store.ask("ASK { ?s ?p ?o }") is False


def test_what_is_added_is_there(store: Store) -> None:
    store.apply(add=[B, A])
    assert store.graph_names() == [A.name, B.name]
    assert contents(store) == expected(A, B)


def test_quads_of_one_graph(store: Store) -> None:
    store.apply(add=[A, B])
    assert {quad.nquad for quad in store.quads(B.name)} == {quad.nquad for quad in B.quads}
    assert list(store.quads(ex("absent"))) == []
    assert store.graph_names() == [A.name, B.name], "asking for an absent graph does not make it"


def test_adding_again_changes_nothing(store: Store) -> None:
    store.apply(add=[A, B])
    before = contents(store)
    store.apply(add=[A])
    store.apply(add=[B, A, B])
    assert contents(store) == before


def test_nothing_to_do_is_no_error(store: Store) -> None:
    store.apply(add=[A])
    store.apply()
    store.apply(add=[], remove=[])
    store.apply(add=[graph("empty")])
    assert contents(store) == expected(A)
    assert store.graph_names() == [A.name]


def test_graphs_may_come_from_generators(store: Store) -> None:
    store.apply(add=(one for one in (A, B)))
    store.apply(remove=(name for name in (A.name,)))
    assert contents(store) == expected(B)


# ---- removing and replacing ------------------------------------------------------------------------------------------


def test_a_shared_triple_is_counted_once_and_leaves_with_its_last_graph(store: Store) -> None:
    count = f"SELECT (COUNT(*) AS ?n) WHERE {{ ?s <{EX}q> ?o }}"
    shared = f'ASK {{ <{EX}x> <{EX}q> "shared" }}'
    store.apply(add=[A, B, C])
    assert store.select(count).rows == [(integer(1),)]
    store.apply(remove=[A.name])
    assert store.select(count).rows == [(integer(1),)]
    store.apply(remove=[B.name])
    assert store.ask(shared)
    store.apply(remove=[C.name])
    assert not store.ask(shared)
    assert contents(store) == ([], [])


def test_removing_all_holders_of_a_shared_triple_at_once(store: Store) -> None:
    store.apply(add=[A, B, C])
    store.apply(remove=[C.name, A.name, B.name, A.name])
    assert contents(store) == ([], [])
    assert store.graph_names() == []


def test_replacing_keeps_what_the_other_graphs_hold(store: Store) -> None:
    new = graph("a2", ("x", "p", text("new")))
    store.apply(add=[A, B])
    store.apply(add=[new], remove=[A.name])
    assert contents(store) == expected(B, new)


def test_replacing_a_graph_by_one_of_the_same_name(store: Store) -> None:
    new = graph("a", ("x", "p", text("new")), ("x", "q", text("shared")))
    store.apply(add=[A, C])
    store.apply(add=[new], remove=[A.name])
    assert contents(store) == expected(new, C)


def test_a_graph_of_a_name_that_is_there_is_not_added(store: Store) -> None:
    store.apply(add=[A])
    store.apply(add=[graph("a", ("x", "p", text("other")))])
    assert contents(store) == expected(A)


def test_removing_an_absent_graph_changes_nothing(store: Store) -> None:
    store.apply(add=[A])
    store.apply(remove=[ex("absent")])
    assert contents(store) == expected(A)
    store.apply(add=[B], remove=[ex("absent"), B.name])
    assert contents(store) == expected(A, B)


TRIPLES = [("s", "p", "o"), ("s", "p", "o2"), ("s2", "p", "o"), ("s", "q", text("word")), ("s", "q", text("mot", "fr"))]
NAMES = ["g1", "g2", "g3"]
changes = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(NAMES), st.sets(st.sampled_from(TRIPLES), min_size=1), max_size=3),
        st.sets(st.sampled_from(NAMES), max_size=3),
    ),
    max_size=5,
)


@pytest.mark.parametrize("adapter", ADAPTERS)
@settings(max_examples=25)
@given(changes)
def test_any_sequence_of_changes_equals_plain_sets(
    adapter: str, steps: list[tuple[dict[str, set[tuple[str, str, Term | str]]], set[str]]]
) -> None:
    held: dict[str, set[tuple[str, str, Term | str]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        store = ADAPTERS[adapter](Path(folder))
        for add, remove in steps:
            store.apply(add=[graph(name, *triples) for name, triples in add.items()], remove=map(ex, sorted(remove)))
            held = {name: triples for name, triples in held.items() if name not in remove}
            held |= {name: triples for name, triples in add.items() if name not in held}
            assert contents(store) == expected(*(graph(name, *triples) for name, triples in held.items()))
            assert store.graph_names() == sorted(map(ex, held))
        store.close()


# ---- large loads -----------------------------------------------------------------------------------------------------


def test_a_large_load_beside_a_small_one(store: Store) -> None:
    big = large("big")
    small = graph("small", ("s1", "p", integer(1)), ("s1", "p", text("one")))
    store.apply(add=[small])
    store.apply(add=[big])
    assert contents(store) == expected(big, small)
    store.apply(add=[big])
    store.apply(remove=[big.name])
    assert contents(store) == expected(small)


# ---- all or nothing --------------------------------------------------------------------------------------------------

#: A term that the model's classes let through and no store accepts.
UNWRITABLE = Literal("x", RDF_LANG_STRING, "not a language")


class CallerFailedError(Exception):
    """Raised by the test's own generator, which stands for any failure of the caller."""


def interrupted(*graphs: NamedGraph) -> Iterator[NamedGraph]:
    yield from graphs
    raise CallerFailedError


@pytest.mark.parametrize("remove", [[], [A.name], [A.name, C.name]], ids=["adding", "replacing", "replacing-two"])
@pytest.mark.parametrize("size", [10, LARGE], ids=["small", "large"])
def test_an_unwritable_term_leaves_everything_as_it_was(store: Store, size: int, remove: list[IRI]) -> None:
    if remove and size == LARGE:
        size = 200  # large loads go one way, replacements another; the size of the latter makes no difference
    store.apply(add=[A, C])
    broken = graph("broken", ("x", "p", UNWRITABLE))
    with pytest.raises(StoreError, match="could not be written"):
        store.apply(add=[B, large("many", size), broken, graph("after", ("x", "p", "y"))], remove=remove)
    assert contents(store) == expected(A, C)
    assert store.graph_names() == [A.name, C.name]
    store.apply(add=[B])
    assert contents(store) == expected(A, B, C), "the store goes on working"


def test_a_failure_of_the_caller_leaves_everything_as_it_was(store: Store) -> None:
    store.apply(add=[A, C])
    with pytest.raises(CallerFailedError):
        store.apply(add=interrupted(B, large("many", 50)), remove=[A.name])
    assert contents(store) == expected(A, C)


# ---- queries ---------------------------------------------------------------------------------------------------------


def test_select_gives_columns_in_order_and_none_for_unbound(store: Store) -> None:
    store.apply(add=[A])
    found = store.select(
        f"SELECT ?o ?missing ?s WHERE {{ ?s <{EX}q> ?o OPTIONAL {{ ?s <{EX}absent> ?missing }} }} ORDER BY ?o"
    )
    assert found.columns == ("o", "missing", "s")
    assert list(found.rows) == [(text("shared"), None, ex("x"))]
    assert store.select(f"SELECT ?s WHERE {{ ?s <{EX}absent> ?o }}").rows == []


def test_select_star_has_a_column_for_each_variable(store: Store) -> None:
    store.apply(add=[A])
    assert sorted(store.select(f"SELECT * WHERE {{ ?s <{EX}r> ?o }}").columns) == ["o", "s"]


def test_select_keeps_repeated_rows(store: Store) -> None:
    store.apply(add=[A, B])
    assert len(store.select("SELECT ?p WHERE { ?s ?p ?o }").rows) == 4
    assert len(store.select("SELECT DISTINCT ?p WHERE { ?s ?p ?o }").rows) == 3


def test_ask(store: Store) -> None:
    store.apply(add=[A])
    assert store.ask(f'ASK {{ ?s <{EX}r> "only in a" }}') is True
    assert store.ask(f'ASK {{ ?s <{EX}r> "only in b" }}') is False


def test_construct_gives_each_triple_once_in_order(store: Store) -> None:
    store.apply(add=[A, B])
    found = store.construct(f"CONSTRUCT {{ ?s <{EX}seen> ?s }} WHERE {{ ?s ?p ?o }}")
    assert found == [(ex("x"), ex("seen"), ex("x")), (ex("z"), ex("seen"), ex("z"))]


def test_describe(store: Store) -> None:
    store.apply(add=[A, B])
    found = store.construct(f"DESCRIBE <{EX}x>")
    assert found == sorted(map(tuple, A.triples), key=lambda triple: tuple(part.n3 for part in triple))


def test_a_named_graph_can_be_asked_alone(store: Store) -> None:
    store.apply(add=[A, B])
    inside = store.select(f"SELECT ?s WHERE {{ GRAPH <{EX}b> {{ ?s <{EX}p> ?o }} }}")
    assert list(inside.rows) == [(ex("z"),)]
    holders = store.select(f'SELECT ?g WHERE {{ GRAPH ?g {{ ?s <{EX}q> "shared" }} }} ORDER BY ?g')
    assert list(holders.rows) == [(A.name,), (B.name,)]


def test_order_is_by_value(store: Store) -> None:
    values: list[Term] = [integer(9), integer(10), integer(100)]
    days: list[Term] = [date(dt.date(2031, 5, day)) for day in (2, 10, 31)]
    words: list[Term] = [text("a"), text("b"), text("é"), text("ق")]
    triples = [("s", name, value) for name, row in (("n", values), ("d", days), ("w", words)) for value in row]
    store.apply(add=[graph("a", *reversed(triples))])
    for name, row in (("n", values), ("d", days), ("w", words)):
        found = store.select(f"SELECT ?o WHERE {{ ?s <{EX}{name}> ?o }} ORDER BY ?o")
        assert [value for (value,) in found.rows] == row
    unbound_first = store.select(
        f"SELECT ?o WHERE {{ ?s <{EX}n> ?n OPTIONAL {{ ?s <{EX}n> ?o FILTER (?n = 10 && ?o = 10) }} }} ORDER BY ?o"
    )
    assert [value for (value,) in unbound_first.rows] == [None, None, integer(10)]


def test_numbers_and_days_compare_by_value(store: Store) -> None:
    store.apply(
        add=[graph("a", ("s", "n", integer(9)), ("s", "n", integer(10)), ("s", "d", date(dt.date(2031, 5, 2))))]
    )
    assert list(store.select(f"SELECT ?o WHERE {{ ?s <{EX}n> ?o FILTER (?o > 9) }}").rows) == [(integer(10),)]
    assert store.ask(f'ASK {{ ?s <{EX}d> ?o FILTER (?o < "2031-10-01"^^<{XSD}date>) }}')
    assert store.select(f"SELECT (SUM(?o) AS ?sum) WHERE {{ ?s <{EX}n> ?o }}").rows == [(integer(19),)]


def test_an_unset_parameter_restricts_nothing(store: Store) -> None:
    store.apply(add=[A, B])
    query = f"SELECT ?s WHERE {{ VALUES ?s {{ UNDEF }} ?s <{EX}p> ?o }} ORDER BY ?s"
    assert list(store.select(query).rows) == [(ex("x"),), (ex("z"),)]
    assert list(store.select(query.replace("UNDEF", ex("z").n3)).rows) == [(ex("z"),)]


def test_a_chain_is_followed_to_its_end(store: Store) -> None:
    links = [("a1", "relays", "a2"), ("a2", "relays", "a3"), ("a3", "expresses", "claim"), ("b1", "expresses", "claim")]
    store.apply(add=[graph("a", *links[:3]), graph("b", links[3])])
    found = store.select(f"SELECT ?s WHERE {{ ?s <{EX}relays>*/<{EX}expresses> <{EX}claim> }} ORDER BY ?s")
    assert list(found.rows) == [(ex("a1"),), (ex("a2"),), (ex("a3"),), (ex("b1"),)]


# ---- errors ----------------------------------------------------------------------------------------------------------

KINDS = {"select": ALL, "ask": "ASK { ?s ?p ?o }", "construct": "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"}


@pytest.mark.parametrize(("method", "query"), [(m, KINDS[k]) for m in KINDS for k in KINDS if m != k])
def test_a_query_of_another_kind_is_refused(store: Store, method: str, query: str) -> None:
    store.apply(add=[A])
    with pytest.raises(QueryError, match=f"{method.upper()}.* was expected"):
        getattr(store, method)(query)


@pytest.mark.parametrize("method", KINDS)
def test_a_syntax_error_names_its_place(store: Store, method: str) -> None:
    with pytest.raises(QueryError) as caught:
        getattr(store, method)("SELECT ?s\nWHERE { ?s ?p ?o ")
    assert caught.value.line == 2
    assert caught.value.column is not None and 1 <= caught.value.column <= 18
    assert "2:" not in str(caught.value), "the place is in the fields and not repeated in the words"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?s WHERE { ?s velmara:p ?o }",
        "SELECT * WHER { ?s ?p ?o }",
        "",
        "DELETE WHERE { ?s ?p ?o }",
        "SELECT ?s WHERE { ?s <no scheme> ?o }",
    ],
)
def test_what_is_no_query_is_refused(store: Store, query: str) -> None:
    store.apply(add=[A])
    with pytest.raises(QueryError):
        store.select(query)
    assert contents(store) == expected(A)


# ---- terms -----------------------------------------------------------------------------------------------------------

LITERALS: list[Literal] = [
    text(""),
    text("plain"),
    text("hello", "en"),
    text("مرحبا بالعالم", "ar"),
    text("olá", "pt-BR"),
    text("the same word"),
    text("the same word", "en"),
    text("the same word", "de"),
    text("quotes \" and ' and \\ backslash, \\n as two characters"),
    text("line\nfeed, carriage\rreturn, both\r\n, tab\t, ends with backslash\\"),
    text("".join(map(chr, range(0x20))) + "\x7f\x80\x85\x9f"),
    text("line separator \u2028, paragraph \u2029, no-break space \u00a0, BOM \ufeff, right-to-left mark \u200f"),
    text("المرصد السوري \u2067(عربي)\u2069 кириллица 漢字 é e\u0301 👩‍👩‍👧"),
    text("<b>&amp;</b> ]]> {{ }} $x ?y # comment ' ; -- . <https://example.org/>"),
    text("2031-05-02"),
    integer(0),
    integer(-7),
    integer(1018),
    integer(2**63),
    integer(10**40),
    decimal(35.36),
    decimal(-0.0000001),
    boolean(True),
    boolean(False),
    date(dt.date(2025, 3, 6)),
    date(dt.date(1, 1, 1)),
    moment(dt.datetime(2031, 5, 2, 12, 0, 7, tzinfo=dt.timezone(dt.timedelta(hours=3)))),
    Literal("POINT(35.88 35.17)", "http://www.opengis.net/ont/geosparql#wktLiteral"),
    Literal("anything", "https://example.org/own-datatype"),
]


@pytest.mark.parametrize("number", range(len(LITERALS)))
@pytest.mark.parametrize("padding", [0, LARGE], ids=["small", "large"])
def test_a_literal_comes_back_as_it_was_written(number: int, padding: int, loaded: dict[int, dict[str, Store]]) -> None:
    literal, subject = LITERALS[number], ex(f"literal-{number}")
    for store in loaded[padding].values():
        assert [quad.object for quad in store.quads(ex("literals")) if quad.subject == subject] == [literal]
        assert list(store.select(f"SELECT ?o WHERE {{ {subject.n3} <{EX}is> ?o }}").rows) == [(literal,)]
        assert store.ask(f"ASK {{ {subject.n3} <{EX}is> {literal.n3} }}")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, dict[str, Store]]]:
    """Every adapter with all the literals, loaded the way of small and of large loads (where there are two)."""
    all_of_them = graph("literals", *((f"literal-{i}", "is", value) for i, value in enumerate(LITERALS)))
    stores: dict[int, dict[str, Store]] = {0: {}, LARGE: {}}
    for padding, by_name in stores.items():
        for name in ADAPTERS if not padding else ["oxigraph-disk"]:
            by_name[name] = ADAPTERS[name](tmp_path_factory.mktemp("literals"))
            by_name[name].apply(add=[all_of_them, *([large("padding")] if padding else [])])
    yield stores
    for by_name in stores.values():
        for store in by_name.values():
            store.close()


@pytest.mark.parametrize(
    "iri",
    [
        "https://example.org/مرصد/é?q=%D9%85&a=b;c#part",
        "https://example.org/it's(here),now!$*+=~",
        "https://example.org:8443//double//slash/..",
        "https://user@example.org/",
        "http://[2001:db8::1]/x",
        "urn:isbn:0-395-36341-1",
        "mailto:someone@example.org",
        "tag:example.org,2031:x",
        "https://example.org/" + "x" * 3000,
        "https://example.org/\u200fright-to-left",
    ],
)
def test_unusual_iris_come_back_as_they_were_written(store: Store, iri: str) -> None:
    node = IRI(iri)
    store.apply(add=[NamedGraph(node, node, (Triple(node, node, node),))])
    assert store.graph_names() == [node]
    assert list(store.select(ALL).rows) == [(node, node, node)]
    assert store.ask(f"ASK {{ GRAPH {node.n3} {{ {node.n3} {node.n3} ?o }} }}")
    store.apply(remove=[node])
    assert contents(store) == ([], [])
