"""README's commands are the ones that are run; and a README that drifts is found."""

import re
import tomllib

from tests.architecture.source_tree import DISTRIBUTIONS, ROOT

README = (ROOT / "README.md").read_text()
CI = (ROOT / ".ci" / "run").read_text()


def commands(text: str) -> list[str]:
    """Return the lines that make an environment and do something with it."""
    return [line.strip() for line in text.splitlines() if "python3 -m venv .venv &&" in line]


def installed(command: str) -> list[str]:
    """Return the folders of this checkout that a command installs."""
    return re.findall(r" \./([\w-]+)", command)


def test_the_readme_has_two_commands_to_install_and_to_test() -> None:
    install, test = commands(README)
    assert install.endswith(" && .venv/bin/reverie strace ls /")
    assert test.endswith(" && .venv/bin/hatch run test")


def test_ci_runs_the_readmes_test_command() -> None:
    assert commands(CI) == commands(README)[1:]


def test_another_command_in_ci_would_be_found() -> None:
    assert commands(CI.replace("-q hatch", "-q hatch==1.0")) != commands(README)[1:]


def test_the_readme_installs_every_member_of_the_workspace() -> None:
    hatch = tomllib.loads((ROOT / "hatch.toml").read_text())
    members = hatch["envs"]["default"]["workspace"]["members"]
    assert installed(commands(README)[0]) == members == list(DISTRIBUTIONS.values())
