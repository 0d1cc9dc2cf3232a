"""What one page has: its setting, the answer to it, and the question that is under way.

A page is a kernel of Solara's: it begins when a browser opens it and ends when the browser leaves.
Nothing here is shared between pages but the server.
"""

from __future__ import annotations

import logging
import math
import threading
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

import solara
from solara.lab.utils.cookies import cookies
from solara.routing import Router
from solara.server.kernel_context import VirtualKernelContext, get_current_context

from takeup.errors import InputError, TakeupError
from takeup.scenario.schema.scenario import Scenario
from takeup.view.answers.answers import Answer, Asked
from takeup.view.answers.files import File
from takeup.view.answers.outcome import Outcome
from takeup.view.server.turns import turn
from takeup.view.session.prediction import Prediction
from takeup.view.session.shared import Server, current
from takeup.view.setting.councils import Council
from takeup.view.setting.setting import Setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

logger = logging.getLogger(__name__)

_LARGEST_BUDGET = 1e12

_HELD = ("s", "b", "p")
"""Parts of an address: see `Session.address`."""

_OUR_FAULT = "This could not be done, which is our fault. Try another change, or reload the page."


def _same(one: object, other: object) -> bool:
    return one is other  # answers hold large arrays, which are not to be compared value by value


class Session:
    """The state of one page.

    Args:
        server: what it shares with all others.
        context: the kernel of the page.
        facilitates: whether the page may see and clear the room: its browser has shown the key.

    Attributes:
        browser: whose page it is: several pages of one browser share what one may have.
        setting: what the player has set.
        answer: the latest answer; None until there is one to the council that is chosen. It is to
            an earlier setting while `busy` and not yet told.
        problem: in words for the page; empty if there is none.
        refusals: how many moves could not be made; fields show again what is set when it grows.
        busy: whether a question is under way.
        team: name of the team; empty until it has one.
        budget: what the programme may cost; None if nothing limits it. That of a challenge stays.
        prediction: what was guessed, and whether results wait for a guess.
        before: what the setting before the last change led to, as far as it was worked out; None
            if there was none in this council.
        charts: what has a chart, by name; None until something is chosen.
        open_card: key of the card whose fields are shown; empty if none is.
        making: which file is being made; empty if none is.
        file: what the browser is to save; None if there is nothing.
    """

    def __init__(
        self, server: Server, context: VirtualKernelContext, facilitates: bool = False
    ) -> None:
        self.server = server
        self.browser = str(getattr(context, "session_id", ""))
        self.facilitates = facilitates
        self.setting = solara.reactive(Setting(server.councils.keys[0]))
        self.answer: solara.Reactive[Answer | None] = solara.reactive(None, equals=_same)
        self.problem = solara.reactive("")
        self.refusals = solara.reactive(0)
        self.busy = solara.reactive(False)
        self.team = solara.reactive("")
        self.budget: solara.Reactive[float | None] = solara.reactive(None)
        self.prediction = solara.reactive(Prediction())
        self.before: Outcome | None = None
        self.charts: solara.Reactive[tuple[str, ...] | None] = solara.reactive(None)
        self.open_card = solara.reactive("")
        self.making = solara.reactive("")
        self.file: solara.Reactive[File | None] = solara.reactive(None, equals=_same)
        self._context = context
        self._lock = threading.Lock()
        self._asked: Asked | None = None
        self._question = 0
        self._closed = False
        self._router: Router | None = None
        self._arrived: dict[str, str] | None = None
        self._outcome: Outcome | None = None
        self.budget.value = default_budget(self.council)

    @property
    def council(self) -> Council:
        """The council that is chosen."""
        return self.server.councils[self.setting.value.council]

    @property
    def called(self) -> str:
        """What people call the setting: its council, and whether anything is changed."""
        changed = self.setting.value.changes != "{}"
        return self.council.title + (", with your changes" if changed else "")

    def scenario(self) -> Scenario:
        """Return the scenario that the setting stands for."""
        return self.setting.value.scenario(self.server.councils)

    @property
    def outcome(self) -> Outcome | None:
        """What the latest answer says, for people; None if there is no answer."""
        answer = self.answer.value
        if answer is None:
            return None
        if self._outcome is None or self._outcome.answer is not answer:
            self._outcome = Outcome(answer)
        return self._outcome

    def complete(self) -> bool:
        """Return whether the latest answer is the whole answer to the present setting."""
        answer = self.answer.value
        if answer is None or not answer.complete or self.busy.value:
            return False
        asked = self.scenario()
        return answer.plan.model_copy(update={"name": asked.name}) == asked

    @property
    def hidden(self) -> bool:
        """Whether results wait for a guess."""
        return self.prediction.value.hides(self.setting.value)

    @property
    def closed(self) -> bool:
        """Whether the page is gone."""
        with self._lock:
            return self._closed

    # ------------------------------------------------------------ moves

    def change(self, setting: Setting) -> None:
        """Take a setting: ask what it leads to, and put its link in the address.

        One that cannot be changes nothing but `problem` and `refusals`.
        """
        with self._moving() as redrawn:
            if self._take_setting(setting, redrawn):
                self._put_in_address()

    def move(self, step: Callable[[Setting], Setting]) -> None:
        """Make a step from the present setting; one that cannot be is refused as by `change`.

        Args:
            step: returns the next setting, or raises InputError.
        """
        try:
            setting = step(self.setting.value)
        except InputError as error:
            self._refuse(str(error))
            return
        self.change(setting)

    def set_budget(self, value: Any) -> None:
        """Take a budget, None for none; in a challenge it stays as it is."""
        number = isinstance(value, int | float) and 0 <= value <= _LARGEST_BUDGET
        if self.council.challenge is None and (value is None or number):
            self.budget.value = value
            self._put_in_address()
        else:
            self._refuse("A budget is a number of at least 0; that of a challenge stays as it is.")

    def set_prediction(self, prediction: Prediction) -> None:
        """Take another state of guess and reveal; whether it is asked for goes into the address."""
        turned = prediction.first != self.prediction.value.first
        self.prediction.value = prediction
        if turned:
            self._put_in_address()

    def _refuse(self, problem: str) -> None:
        self.problem.value = problem
        self.refusals.value += 1

    @contextmanager
    def _moving(self) -> Iterator[threading.Event]:
        """Draw the page once for all that changes in the block, and let answers in after that."""
        redrawn = threading.Event()
        try:
            with self._at_once():
                yield redrawn
        finally:
            redrawn.set()

    def _at_once(self) -> AbstractContextManager[Any]:
        """Return what lets the page be drawn once for several changes."""
        return getattr(self._context, "app_object", None) or nullcontext()

    def _take_setting(self, setting: Setting, redrawn: threading.Event) -> bool:
        """Take a setting; return whether it is another.

        Args:
            setting: what is to be set.
            redrawn: what the answer waits for.
        """
        try:
            setting = setting.tidy(self.server.councils)
            scenario = setting.scenario(self.server.councils)
        except InputError as error:
            self._refuse(str(error))
            return False
        self.problem.value = ""
        if setting == self.setting.value and self._asked is not None:
            return False
        if self.complete() and setting != self.setting.value:
            self.before = self.outcome
        # First, so that workers are at it while the page redraws; an answer that was kept can be
        # back before that, and waits.
        self._ask(setting, scenario, redrawn)
        if setting.council != self.setting.value.council:
            self.answer.value = None
            self.before = None
            self.open_card.value = ""
            self.budget.value = default_budget(self.server.councils[setting.council])
        self.setting.value = setting
        self.busy.value = True
        return True

    def show(self, update: Callable[[], None]) -> None:
        """Change what the page shows from any thread; nothing happens once it is closed."""
        with self._lock:
            if self._closed:
                return
        try:
            with turn(), self._context, self._at_once():
                update()
        except Exception:
            with self._lock:
                if self._closed:  # it went away meanwhile, and its widgets with it
                    return
            logger.exception("the page could not be changed")

    def report(self, problem: str) -> None:
        """Show a problem, from any thread."""
        self.show(lambda: self.problem.set(problem))

    def went_wrong(self) -> None:
        """Say that something could not be done that should have been."""
        self._refuse(_OUR_FAULT)

    def arrive(self, router: Router) -> None:
        """Take what the address says if it is another: a link, or the browser's way back."""
        self._router = router
        query = parse_qs(router.search or "")
        wanted: dict[str, str] = {key: query[key][0] for key in _HELD if key in query}
        if self._arrived == wanted:
            return
        first = self._arrived is None
        self._arrived = wanted
        with self._moving() as redrawn:
            if wanted == self.address():
                if first:
                    self._take_setting(self.setting.value, redrawn)
                return
            try:
                setting = self._setting_of(wanted.get("s", ""))
                budget = _budget_of(wanted.get("b", ""))
            except InputError as error:
                if first:
                    self._take_setting(self.setting.value, redrawn)
                self.problem.value = str(error)
                return
            self._take_setting(setting, redrawn)
            if self.council.challenge is None:
                self.budget.value = budget
            if ("p" in wanted) != self.prediction.value.first:
                self.prediction.value = Prediction(first="p" in wanted)

    def address(self) -> dict[str, str]:
        """Return what the address holds, by key; empty as long as nothing is changed.

        `s` is the setting, which is left out if it has more changes than a link can hold; `b` a
        budget that the player has set; `p` says that results wait for a guess.
        """
        held: dict[str, str] = {}
        setting = self.setting.value
        if setting != Setting(self.server.councils.keys[0]):
            with suppress(InputError):
                held["s"] = setting.link(self.server.councils)
        if self.budget.value is not None and self.council.challenge is None:
            held["b"] = f"{self.budget.value:.12g}"
        if self.prediction.value.first:
            held["p"] = "1"
        return held

    def path(self, path: str) -> str:
        """Return the address of a page with the setting in it."""
        held = self.address()
        return f"{path}?{urlencode(held)}" if held else path

    def go(self, path: str) -> None:
        """Go to another page, with the setting."""
        if self._router is not None:
            self._router.push(self.path(path))

    def close(self) -> None:
        """Stop what is under way; nothing is told from now on."""
        with self._lock:
            self._closed = True
            asked, self._asked = self._asked, None
        if asked is not None:
            asked.cancel()

    # ------------------------------------------------------------ asking

    def _setting_of(self, link: str) -> Setting:
        councils = self.server.councils
        return Setting.from_link(link, councils) if link else Setting(councils.keys[0])

    def _put_in_address(self) -> None:
        self._arrived = self.address()
        if "s" not in self._arrived and self.setting.value != Setting(self.server.councils.keys[0]):
            self.problem.value = (
                "This setting has too many changes for a link, so it is not in the address. "
                "Download it as a scenario file to keep it."
            )
        if self._router is not None:
            self._router.push(self.path(self._router.path or "/"))

    def _ask(self, setting: Setting, scenario: Scenario, redrawn: threading.Event) -> None:
        council = self.server.councils[setting.council]
        with self._lock:
            if self._closed:
                return
            self._question += 1
            number, earlier = self._question, self._asked
            self._asked = None
        if earlier is not None:
            earlier.cancel()
        asked = self.server.answers.ask(
            council.baseline, scenario, self._teller(number, redrawn), browser=self.browser
        )
        with self._lock:
            if number == self._question and not self._closed:
                self._asked = asked
                return
        asked.cancel()

    def _teller(
        self, number: int, redrawn: threading.Event
    ) -> Callable[[Answer | TakeupError], None]:
        """Return what takes the answers to one question, in whatever thread, into the page."""

        def tell(said: Answer | TakeupError) -> None:
            redrawn.wait()
            if not self._outdated(number):
                self.show(lambda: self._take(said))

        return tell

    def _outdated(self, number: int) -> bool:
        with self._lock:
            return self._closed or number != self._question

    def _take(self, said: Answer | TakeupError) -> None:
        if isinstance(said, TakeupError):
            with self._lock:
                self._asked = None  # so that the same setting can be asked about again
            self.answer.value = None  # it would stand there as the answer to this setting
            self.problem.value = str(said)
            self.busy.value = False
            return
        self.answer.value = said  # first, so that no page says that an earlier one is the last word
        self.busy.value = not said.complete


def _budget_of(text: str) -> float | None:
    """Return the budget that an address names; None if it names none."""
    try:
        value = float(text) if text else None
    except ValueError:
        value = math.nan
    if value is None or 0 <= value <= _LARGEST_BUDGET:  # not so of NaN
        return value
    raise InputError("This link is damaged: its budget is no number. Ask for it again.")


def default_budget(council: Council) -> float | None:
    """Return the budget to begin with: the challenge's; None if there is no challenge."""
    return council.challenge.budget if council.challenge else None


# ---------------------------------------------------------------- one per page

_sessions: dict[str, Session] = {}


def use_session() -> Session:
    """Return the session of the page that is being drawn; made when first asked for."""
    context = get_current_context()
    session = _sessions.get(context.id)
    if session is None:
        server = current()
        may = server.lock.knows(cookies.value or {})
        session = _sessions.setdefault(context.id, Session(server, context, may))
        if session._context is context:
            context.on_close(lambda: _forget(context.id))
    return session


def went_wrong() -> None:
    """Say on the page whose event is dealt with that it could not be."""
    session = _sessions.get(get_current_context().id)
    if session is not None:
        session.went_wrong()


def _forget(kernel: str) -> None:
    session = _sessions.pop(kernel, None)
    if session is not None:
        session.close()
