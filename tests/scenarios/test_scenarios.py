"""Every scenario that ships: it reads, asks a question, says where its numbers come from, and runs."""

import json
import re
import tomllib

import pytest

from twoway.simulation.parameters.scenario import (
    OF_PEOPLE,
    SHIPPED,
    Resolved,
    Scenario,
    json_schema,
    load,
    shipped_names,
)
from twoway.simulation.tables import run

NAMES = shipped_names()
SECTIONS = ("design", "context", *OF_PEOPLE, "stay", "meaning")
SAME_SIZE = {"design.days": 60, "design.clients": 16, "design.centres": 1}
SCHEMA = json.loads((SHIPPED / "scenario.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def ordinary():
    """What becomes of the dyads of the ordinary centre."""
    return run(load("ordinary", SAME_SIZE), replicates=4, detail="dyads").dyads


def written(name):
    """What the file of a scenario says, as it stands there."""
    return tomllib.loads((SHIPPED / f"{name}.toml").read_text(encoding="utf-8"))


def differences(name):
    """The fields in which a scenario differs from the default, with their values."""
    scenario, default = load(name), Scenario()
    return {
        f"{section}.{field}": value
        for section in SECTIONS
        for field, value in getattr(scenario, section)
        if value != getattr(getattr(default, section), field)
    }


def accepts(schema, value):
    """Why the schema does not accept a value, in words; empty if it does. Knows the words that our schema uses."""
    if "$ref" in schema:
        return accepts(SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")], value)
    kinds = {"object": dict, "array": list, "string": str, "number": (int, float), "integer": int}
    if isinstance(value, bool) or not isinstance(value, kinds[schema["type"]]):
        return f"{value!r} is no {schema['type']}"
    if isinstance(value, dict):
        missing = [field for field in schema.get("required", []) if field not in value]
        unknown = [field for field in value if field not in schema["properties"]]
        assert schema["additionalProperties"] is False
        inner = [accepts(schema["properties"][field], v) for field, v in value.items() if field not in unknown]
        return "; ".join(
            [*(f"{m} is missing" for m in missing), *(f"{u} is unknown" for u in unknown), *filter(None, inner)]
        )
    if isinstance(value, list):
        return "; ".join(filter(None, (accepts(schema["items"], v) for v in value)))
    if isinstance(value, str):
        return "" if len(value) <= schema.get("maxLength", len(value)) else "too long"
    return "" if schema["minimum"] <= value <= schema["maximum"] else f"{value} is off its range"


def test_there_are_scenarios():
    assert "ordinary" in NAMES
    assert len(NAMES) >= 10


# What each says


def test_it_reads_and_finds_its_data(name):
    assert Resolved(load(name)).scenario == load(name)


def test_it_asks_a_question_in_a_sentence_of_its_own(name):
    question = load(name).question
    assert re.fullmatch(r"[A-Z][^?]{20,}\?", question)
    assert question != Scenario().question
    assert [load(other).question for other in NAMES].count(question) == 1


def test_it_has_a_title_of_its_own(name):
    assert [load(other).title for other in NAMES].count(load(name).title) == 1
    assert load(name).title != Scenario().title


def test_it_names_its_sources_or_says_that_it_assumes_and_why(name):
    sources = load(name).sources
    assert sources
    for source in sources:
        published = re.search(r"\b(19|20)\d\d\b|web pages", source)
        assert published or re.fullmatch(r"assumed: .{20,}", source), source


def test_it_differs_from_the_default_unless_it_is_the_ordinary_one(name):
    assert bool(differences(name)) == (name != "ordinary")


def test_it_says_nothing_that_the_default_says_anyway(name):
    said = {f"{section}.{field}" for section in SECTIONS for field in written(name).get(section, {})}
    assert said == set(differences(name))


def test_every_number_it_gives_has_its_reason_beside_it(name):
    lines = (SHIPPED / f"{name}.toml").read_text(encoding="utf-8").splitlines()
    numbers = [line for line in lines if re.match(r"\w+ = [-\d]", line)]
    assert len(numbers) == len(differences(name))
    assert all(re.search(r" # .{5,}", line) for line in numbers)


def test_no_two_scenarios_are_the_same_but_for_their_words():
    assert len({tuple(sorted(differences(name).items())) for name in NAMES}) == len(NAMES)


def test_strict_but_fair_differs_from_strict_and_opaque_in_transparency_alone():
    opaque, fair = differences("strict-and-opaque"), differences("strict-but-fair")
    assert {field for field in opaque | fair if opaque.get(field) != fair.get(field)} == {"context.transparency"}


def test_four_centres_are_sixteen_pairs():
    design = load("four-centres").design
    assert design.centres * design.clients == 16


def test_the_readme_lists_it_with_its_question(name):
    lines = (SHIPPED / "README.md").read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in lines if line.startswith(f"| [{name}]({name}.toml) |"))
    assert f"| {load(name).question} |" in line


def test_the_readme_lists_no_scenario_that_is_not_there():
    text = (SHIPPED / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\(([\w-]+)\.toml\)", text)) == set(NAMES)


# What comes of it


@pytest.mark.slow
def test_it_runs(name):
    scenario = load(name, {"design.days": 3})
    tables = run(scenario)
    dyads = scenario.design.centres * scenario.design.clients
    assert len(tables.dyads) == dyads
    assert len(tables.days) == dyads * 2 * 3
    assert set(tables.events["day"]) <= {1, 2, 3}
    assert (tables.events["event"] == "exchange").any()


@pytest.mark.slow
def test_it_is_not_the_ordinary_centre_by_another_name(name, ordinary):
    if name != "ordinary":
        assert not run(load(name, SAME_SIZE), replicates=4, detail="dyads").dyads.equals(ordinary)


# What editors are told


def test_the_schema_that_ships_is_the_one_of_the_model():
    assert json_schema() == SCHEMA, "write it anew: twoway schema"


def test_the_schema_accepts_it(name):
    assert accepts(SCHEMA, written(name)) == ""


def test_its_first_line_tells_editors_where_the_schema_is(name):
    first = (SHIPPED / f"{name}.toml").read_text(encoding="utf-8").splitlines()[0]
    assert (SHIPPED / first.removeprefix("#:schema ")).resolve() == (SHIPPED / "scenario.schema.json").resolve()


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({}, "question is missing"),
        ({"question": "?", "contxt": {}}, "contxt is unknown"),
        ({"question": "?", "context": {"contrl": 3}}, "contrl is unknown"),
        ({"question": "?", "context": {"control": 99}}, "99 is off its range"),
        ({"question": "?", "context": {"control": "much"}}, "'much' is no number"),
        ({"question": "?", "design": {"clients": 2.5}}, "2.5 is no integer"),
        ({"question": "?", "design": {"days": 0}}, "0 is off its range"),
        ({"question": 3}, "3 is no string"),
        ({"question": "?", "sources": "me"}, "'me' is no array"),
    ],
)
def test_the_schema_marks_what_the_command_refuses(wrong, reason):
    assert accepts(SCHEMA, wrong) == reason


def test_the_schema_tells_unit_source_default_and_meaning_of_every_number():
    for section in ("Design", "Context", "People", "Learning", "Meaning"):
        numbers = {f: a for f, a in SCHEMA["$defs"][section]["properties"].items() if a["type"] != "string"}
        assert numbers
        for field, about in numbers.items():
            assert {"unit", "source", "default", "description", "minimum", "maximum"} <= set(about), field
            assert about["minimum"] <= about["default"] <= about["maximum"]
