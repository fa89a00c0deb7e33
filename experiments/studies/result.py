"""The result of a study: its runs, its status and its answer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import pandas as pd

from twoway.experiments.results.result import Result
from twoway.experiments.studies.answer import answer, has_answer
from twoway.experiments.studies.manage import merge
from twoway.experiments.studies.store import Status, Store
from twoway.simulation.errors import InputError


class StudyResult(Result):
    """A study in a folder: table of runs, status, and (in ``tables``, ``figures`` and ``sentences``) its answer.

    Parameters
    ----------
    store
        The study, or its folder.
    messages
        Sentences about the last work on the study, for example on shards that were damaged.
    """

    folder: Path

    def __init__(self, store: Store | str | Path, messages: Sequence[str] = ()) -> None:
        self.store = store if isinstance(store, Store) else Store(store)
        self.study, self.messages = self.store.study, tuple(messages)
        super().__init__(
            lambda: {**self.answer.tables, "runs": self.table},
            lambda: self.answer.figures,
            lambda: self.answer.sentences,
            kind="study",
            arguments=self.study.model_dump(mode="json"),
            provenance=self.store.note(),
            folder=self.store.folder,
        )

    def save(self, folder: str | Path) -> Path:
        """Copy the study to a *folder* that does not exist yet; damaged shards are left behind.

        Returns
        -------
        The folder.

        Raises
        ------
        InputError
            If the folder exists already or cannot be written.
        """
        return merge([self.store.folder], folder).folder

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row per point and replicate; see ``Store.table``."""
        return self.store.table()

    @cached_property
    def status(self) -> Status:
        """Numbers of runs that are planned, done, failed and missing."""
        return self.store.status()

    @cached_property
    def answer(self) -> Result:
        """Effects, figures and sentences, as far as the runs so far allow."""
        try:
            if has_answer(self.store):
                return answer(self.store)
        except InputError as error:
            return Result({}, {}, (f"There is no answer yet: {error}.",))
        return Result({}, {}, ("This study is asked for its points, and has no answer of its own.",))
