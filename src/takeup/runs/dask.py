"""A Dask cluster as an executor: the same sweep on many machines."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Unpack

from takeup.errors import InputError, OutputError
from takeup.runs.executor import How, MakeExecutor
from takeup.runs.version import model_version

PATIENCE = "20 s"
"""How long a scheduler may take to answer."""

FIRST_WORKER = "60 s"
"""How long the first worker may take to join."""


class Cluster:
    """An executor of the workers of a Dask cluster.

    Workers may join and leave at any time; a job whose worker is lost is done again by another.
    The scheduler knows no owners, and does what it got unless the future is cancelled.

    Args:
        client: a `distributed.Client`; stays open when the executor is closed.
        scheduler: what to call the scheduler in messages.
    """

    def __init__(self, client: Any, scheduler: str) -> None:
        self._client, self._scheduler = client, scheduler
        self._jobs = client.get_executor(pure=False)  # equal jobs are done twice if asked twice

    def submit(
        self, function: Callable[..., Any], /, *args: Any, **how: Unpack[How]
    ) -> Future[Any]:
        """Compute `function(*args)` on the cluster, as `Executor` says.

        Raises:
            OutputError: the scheduler is gone.
        """
        if self._client.status != "running":
            raise OutputError(
                f"the Dask scheduler at {self._scheduler} no longer answers; what "
                "was done is kept: start the same command again to go on"
            )
        first = -how.get("priority", (0,))[0]  # Dask does the highest first
        future: Future[Any] = self._jobs.submit(function, *args, priority=first)
        return future

    def close(self) -> None:
        """Cancel all jobs that are not done."""
        if self._client.status == "running":
            self._jobs.shutdown(wait=False)


@contextmanager
def cluster(scheduler: str) -> Iterator[tuple[MakeExecutor, int]]:
    """Connect to a Dask cluster for a sweep.

    Args:
        scheduler: its address, such as `tcp://10.0.0.5:8786`, or the path of a scheduler file.

    Yields:
        What makes an executor, and how many jobs the workers that are there do at a time.

    Raises:
        InputError: Dask is not installed, nothing answers at the address, no worker is there, or a
            worker has no takeup or another version of it.
    """
    with _client(scheduler) as client:
        try:
            client.wait_for_workers(1, timeout=FIRST_WORKER)
        except TimeoutError:
            raise InputError(
                f"--scheduler {scheduler}: has no workers; start some with `dask worker`"
            ) from None
        _check_versions(client, scheduler)
        yield lambda: Cluster(client, scheduler), sum(client.nthreads().values())


@contextmanager
def _client(scheduler: str) -> Iterator[Any]:
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise InputError(
            f'--executor dask needs {error.name}: pip install "takeup[dask]"'
        ) from None
    place = {"address": scheduler}
    if ":" not in scheduler:
        place = {"scheduler_file": scheduler}
        if not Path(scheduler).is_file():  # Dask would wait for it for ever
            raise InputError(
                f"--scheduler {scheduler}: is neither an address, such as tcp://10.0.0.5:8786, nor "
                "a scheduler file"
            )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on versions that differ; ours are checked for the runs
        try:
            client = Client(  # type: ignore[no-untyped-call]
                **place, timeout=PATIENCE, set_as_default=False
            )
        except (OSError, ValueError, TimeoutError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise InputError(
                f"--scheduler {scheduler}: no Dask scheduler answers there ({reason})"
            ) from None
    with client:
        yield client


def _check_versions(client: Any, scheduler: str) -> None:
    """Refuse workers whose runs would differ from those of this machine."""
    mine = model_version()
    try:
        theirs: dict[str, Any] = client.run(model_version, on_error="return")
    except OSError as error:
        raise InputError(f"--scheduler {scheduler}: lost while connecting ({error})") from None
    problems = [
        f"--scheduler {scheduler}: worker {address} "
        + (
            f"cannot run takeup ({type(found).__name__}: {found}); install it there"
            if isinstance(found, Exception)
            else f"has version {found} of the model and its libraries, and this machine {mine}; "
            "install the same"
        )
        for address, found in theirs.items()
        if found != mine
    ]
    if problems:
        raise InputError(problems)
