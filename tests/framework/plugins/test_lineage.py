"""What is said of a run whose plugins are not here as they were."""

import pytest

from textgen.components import Component, Kind
from textgen.errors import OptionError, UnknownNameError
from textgen.options import Options, option, options_sha256
from textgen.plugins import Plugins
from textgen.plugins.choice import PluginChoice
from textgen.plugins.lineage import changes_of_parts, parts_meant, recorded_parts, require_parts
from textgen.plugins.provided import Plugin, Provided, Provider


class GRUOptions(Options):
    size: int = option(16, "size of the hidden state", ge=1)
    dropout: float | None = option(None, "part of the outputs that is left out")


def provided(package, version, options=GRUOptions, kind=Kind.MODEL):
    component = Component("gru", "gated units", "textgen_gru.model:build", options)
    return Provided(kind, component, Provider("gru", package, version))


class Here(Plugins):
    """The plugins of today: one for each part given, and others as they are given."""

    def __init__(self, *parts, others=(), choice=None):
        super().__init__([], choice)
        loaded = [Plugin(part.provider, "", "loaded", parts=(part,)) for part in parts]
        self.installed = [*loaded, *others]


def recorded(package="textgen-gru", version="1.0", kinds=(Kind.MODEL,), url="", **options):
    part = {"name": "gru", "plugin": "gru", "package": package, "version": version, "url": url}
    section = {"use": "gru", "size": 12, "dropout": None, **options}
    return recorded_parts(dict.fromkeys(kinds, section), dict.fromkeys(kinds, part), kinds)


def test_a_run_whose_parts_are_here_as_they_were_is_told_nothing():
    plugins = Here(provided("textgen-gru", "1.0"))
    require_parts(plugins, "run mine", recorded())
    assert changes_of_parts(plugins, recorded()) == []


def test_a_missing_part_says_what_to_install():
    with pytest.raises(UnknownNameError) as failure:
        require_parts(Here(), "run mine (1k)", recorded())
    assert str(failure.value) == (
        "run mine (1k) was made with model 'gru' of textgen-gru 1.0, which is not installed: "
        "textgen plugins install textgen-gru==1.0"
    )


def test_a_package_that_no_longer_provides_the_part_is_named_with_its_version():
    other = Plugin(Provider("other", "textgen_gru", "2.0"), "", "loaded")
    with pytest.raises(UnknownNameError, match=r"which textgen_gru 2\.0, .* does not provide"):
        require_parts(Here(others=[other]), "run mine", recorded())


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("failed", "is installed but not used: no luck. Put that right"),
        ("blocked", "is blocked: no luck. Allow it."),
    ],
)
def test_a_plugin_that_is_not_in_use_is_named_with_the_cause(state, told):
    plugin = Plugin(Provider("gru", "textgen-gru", "1.0"), "", state, "no luck")
    with pytest.raises(UnknownNameError) as failure:
        require_parts(Here(others=[plugin]), "run mine", recorded())
    assert f"plugin 'gru' of textgen-gru 1.0 {told}" in str(failure.value)


def test_where_two_packages_provide_it_the_recorded_one_is_meant():
    both = Here(provided("another", "7"), provided("textgen-gru", "1.0"))
    config = {"model": {"use": "gru"}}
    assert parts_meant(both, config, recorded()) == {"model": {"use": "textgen-gru/gru"}}
    alone = Here(provided("another", "7"))
    assert parts_meant(alone, config, recorded()) == {"model": {"use": "gru"}}


def test_an_option_that_is_gone_says_which_version_had_it():
    plugins = Here(provided("textgen-gru", "2.0"))
    with pytest.raises(OptionError) as failure:
        require_parts(plugins, "run mine", recorded(width=3, depth=1))
    assert str(failure.value) == (
        "run mine was made with model 'gru' of textgen-gru 1.0, with its options width and depth; "
        "textgen-gru 2.0 is installed, which does not have that: "
        "textgen plugins install textgen-gru==1.0"
    )


def test_of_two_packages_the_recorded_one_is_compared():
    other, same = provided("another", "7"), provided("textgen-gru", "1.0")
    for parts in ([other, same], [same, other]):
        assert changes_of_parts(Here(*parts), recorded()) == []


def test_another_packages_part_is_taken_only_where_the_user_prefers_it():
    other = provided("another", "7")
    with pytest.raises(UnknownNameError, match=r"not installed.*--plugin-prefer another"):
        require_parts(Here(other), "run mine", recorded())
    preferred = Here(other, choice=PluginChoice(prefer=("another",)))
    require_parts(preferred, "run mine", recorded())
    (change,) = changes_of_parts(preferred, recorded())
    assert change == "model 'gru' was made by textgen-gru 1.0; another 7 is installed"


def test_a_part_that_came_from_a_folder_is_to_be_installed_from_there():
    (part,) = recorded(url="file:///home/ann/textgen-gru")
    assert part.install == "textgen plugins install file:///home/ann/textgen-gru"


def test_parts_of_one_package_share_a_line():
    class More(GRUOptions):
        layers: int = option(2, "how many")

    kinds = (Kind.TOKENIZER, Kind.MODEL, Kind.SAMPLER)
    parts = [
        provided("textgen-gru", "1.1", More if kind == "model" else GRUOptions, kind)
        for kind in kinds
    ]
    (change,) = changes_of_parts(Here(*parts), recorded(kinds=kinds))
    assert change == (
        "tokenizer 'gru', model 'gru' and sampler 'gru' were made by textgen-gru 1.0; "
        "textgen-gru 1.1 is installed: model option layers is new (default 2)"
    )


def test_a_new_option_is_told_also_where_the_version_has_stayed():
    plugins = Here(provided("textgen-gru", "1.0", GRUOptions))
    (part,) = recorded()
    del part.options["dropout"]
    (change,) = changes_of_parts(plugins, [part])
    assert change.endswith("model option dropout is new (default None)")


def test_the_checksum_of_options_tells_values_apart_and_not_how_they_were_given():
    said = GRUOptions.parse({"size": "16"}, owner="", help_command="")
    assert options_sha256(said) == options_sha256(GRUOptions())
    assert options_sha256(GRUOptions(size=17)) != options_sha256(GRUOptions())
    assert options_sha256(GRUOptions(dropout=0)) != options_sha256(GRUOptions())
