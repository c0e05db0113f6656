"""Load a configuration: find the files, read, merge, shape, understand, freeze; every problem told at once."""

from collections.abc import Mapping
from pathlib import Path

from sheetsync.config.check_notify import notify_settings
from sheetsync.config.document import find_files, read_document
from sheetsync.config.findings import Findings
from sheetsync.config.fit import fit
from sheetsync.config.freeze import freeze
from sheetsync.config.likeness import take_over
from sheetsync.config.meaning import check
from sheetsync.config.scope import Scope
from sheetsync.config.settings import Config, Surroundings, daemon_settings, link_manners
from sheetsync.config.shape import Shape


def load(folder: Path, environ: Mapping[str, str]) -> Config:
    """The configuration in a folder of *.yaml files.

    `environ` is the environment (`os.environ`): SHEETS_EMULATOR_HOST, SHEETSYNC_LEDGER, SHEETSYNC_RECORDS and the
    variables the files name. Raises ConfigError with one line per problem, each with its file and line; no value of a
    credential is ever in it. Missing credentials are no error here.
    """
    findings = Findings()
    document = take_over(read_document(find_files(folder), findings), findings)
    shape = fit(document, findings)
    scope = check(shape, findings)
    around = Surroundings(folder, environ, findings)
    google, ledger, records_url = around.google(shape.google), around.ledger(shape), around.records_url(shape.records)
    if findings:
        raise findings.error()
    rules = freeze(scope)
    daemon = daemon_settings(shape.daemon)
    headers = {name: tuple(spellings) for name, spellings in shape.headers.items()}
    links, notify = link_manners(shape.links), notify_settings(shape.notify)
    urls = {one.name: environ[one.url_env] for one in notify.channels if environ.get(one.url_env)}
    told = (findings.marks, daemon, headers, links, notify, urls)
    return Config(folder, rules, google, ledger, records_url, rules.fingerprint, *told)


def unconfigured(environ: Mapping[str, str]) -> Config:
    """What holds without any configuration: the shipped model, no source, and Google as the environment names it.

    Raises ConfigError for an environment that cannot be used.
    """
    findings = Findings()
    shape = Shape.model_validate({"version": 1, "sources": {}})
    around = Surroundings(Path(), environ, findings)
    google, ledger, records_url = around.google(shape.google), around.ledger(shape), around.records_url(shape.records)
    if findings:
        raise findings.error()
    rules = freeze(Scope.of(shape, findings))
    return Config(Path(), rules, google, ledger, records_url, rules.fingerprint)
