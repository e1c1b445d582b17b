"""Answer a question of where next: the one door to the methods behind it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import sparse

from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.siting import Goal, Siting, SitingProblem, Status, Watch
from geo_service.domain.siting_assignment import Assignment, Floats, Marks, Whole
from geo_service.domain.siting_center import CenterModel, center
from geo_service.domain.siting_cover import fewest, row_matrix
from geo_service.domain.siting_median import serve
from geo_service.domain.siting_search import Search
from geo_service.domain.siting_second import SecondCover, cover_twice

# Distances that are the radius but for the last digits of a double.
_ROUNDING: Final = 1e-12
_CLASSES_BY_BYTES: Final = 4_000


def solve(  # noqa: PLR0913 - the question in its parts, each with its name
    problem: SitingProblem,
    goal: Goal,
    *,
    sites: int | None = None,
    radius: float | None = None,
    seconds: float = math.inf,
    watch: Watch | None = None,
) -> Siting:
    """Choose new sites that serve a goal best, and say what has been proven.

    Args:
        problem: demand, sites and distances.
        goal: what to achieve.
        sites: how many new sites may be opened; lscp finds their number itself.
        radius: within which distance demand is covered; p-median and p-center ask for none.
        seconds: after which the best found so far is returned.
        watch: called while solving; if it returns False, solving ends likewise.

    Raises:
        InvalidQueryError: if the goal needs a number of sites or a radius that is not given.
    """
    _check(problem, goal, sites, radius)
    return _Question(problem, goal, sites, radius, Search(seconds, watch)).answer()


def achieved(
    problem: SitingProblem, goal: Goal, sites: Sequence[int], *, radius: float | None = None
) -> float | None:
    """Return what new sites achieve beside the existing ones; None if they leave somebody out."""
    question = _Question(problem, goal, len(sites), radius, Search(math.inf))
    objective = question.objective(np.isin(np.flatnonzero(~problem.existing), list(sites)))
    return objective if math.isfinite(objective) else None


def _check(problem: SitingProblem, goal: Goal, sites: int | None, radius: float | None) -> None:
    faults = []
    if goal.needs_sites and sites is None:
        faults.append(ParameterFault("sites", f"{goal.value} needs a number of new sites"))
    if sites is not None and sites < 0:
        faults.append(ParameterFault("sites", "cannot be below 0"))
    if goal.needs_radius and radius is None:
        faults.append(ParameterFault("radius", f"{goal.value} needs a radius"))
    if radius is not None and not (math.isfinite(radius) and radius >= 0):
        faults.append(ParameterFault("radius", "must be a distance of 0 or more"))
    if not problem.demand:
        faults.append(ParameterFault("demand", "there is none"))
    if faults:
        raise InvalidQueryError(*faults)


@dataclass(slots=True, kw_only=True, eq=False)
class _Found:
    """New sites by their number among the candidates, None if there is no answer."""

    opened: Marks | None
    bound: float | None
    proven: bool
    reason: str | None = None


class _Question:
    def __init__(
        self,
        problem: SitingProblem,
        goal: Goal,
        sites: int | None,
        radius: float | None,
        search: Search,
    ) -> None:
        self._problem, self._goal, self._search = problem, goal, search
        self._wanted = sites
        self._candidates = np.flatnonzero(~problem.existing)
        self._required = problem.required[self._candidates]
        near = np.full(len(problem.place), fill_value=True)
        if goal.needs_radius and radius is not None:
            near = problem.distance <= radius * (1 + _ROUNDING)
        self._place, self._site = problem.place[near], problem.site[near]
        self._distance = problem.distance[near]
        number_of = np.full(problem.sites, -1)
        number_of[self._candidates] = np.arange(len(self._candidates))
        fixed = problem.existing[self._site]
        self._existing_place = self._place[fixed]
        self._existing_distance = self._distance[fixed]
        self._new_place, self._new_distance = self._place[~fixed], self._distance[~fixed]
        self._new_site = number_of[self._site[~fixed]]
        reached = np.bincount(self._place, minlength=problem.demand) > 0
        self._reached = reached

    def answer(self) -> Siting:
        method: dict[Goal, Callable[[], _Found]] = {
            Goal.MCLP: self._cover_most,
            Goal.LSCP: self._cover_all,
            Goal.P_MEDIAN: self._shortest_sum,
            Goal.P_CENTER: self._shortest_worst,
            Goal.SECOND_COVER: self._cover_twice,
        }
        too_many = int(self._required.sum()) - (self._wanted or 0)
        if self._goal.needs_sites and too_many > 0:
            found = _Found(
                opened=None,
                bound=None,
                proven=True,
                reason=f"{int(self._required.sum())} sites are required, {self._wanted} allowed",
            )
        else:
            found = method[self._goal]()
        return self._siting(found)

    def _siting(self, found: _Found) -> Siting:
        unreachable = tuple(np.flatnonzero(~self._reached).tolist())
        objective = None if found.opened is None else self.objective(self._filled(found.opened))
        reason = found.reason
        everybody = self._goal in {Goal.LSCP, Goal.P_MEDIAN, Goal.P_CENTER}
        if found.opened is None and found.proven:
            status = Status.INFEASIBLE
        elif found.proven and unreachable and everybody:
            status = Status.INFEASIBLE
            reason = (
                f"no site is near enough to {len(unreachable)} of {self._problem.demand} demand "
                "points (see unreachable); the sites are the best for all the others"
            )
        elif found.proven:
            status = Status.OPTIMAL
        elif self._search.cancelled:
            status = Status.CANCELLED
        else:
            status = Status.TIME_LIMIT
        opened = () if found.opened is None else np.flatnonzero(self._filled(found.opened))
        return Siting(
            goal=self._goal,
            status=status,
            objective=objective,
            bound=objective if found.proven else _finite(found.bound),
            sites=tuple(int(self._candidates[each]) for each in opened),
            seconds=self._search.elapsed,
            unreachable=unreachable,
            reason=reason,
        )

    def _filled(self, opened: Marks) -> Marks:
        """Open as many sites as asked for: the problems say N, and one more never harms."""
        if not self._goal.needs_sites:
            return opened
        opened = opened | self._required
        missing = (self._wanted or 0) - int(opened.sum())
        if missing > 0:
            opened[np.flatnonzero(~opened)[:missing]] = True
        return opened

    def objective(self, opened: Marks) -> float:
        """Compute what the sites achieve, from them alone."""
        weight = self._problem.weight
        if self._goal is Goal.LSCP:
            return float(opened.sum())
        kept = np.flatnonzero(opened[self._new_site])
        if self._goal.maximises:
            count = np.bincount(self._existing_place, minlength=self._problem.demand)
            count += np.bincount(self._new_place[kept], minlength=self._problem.demand)
            return float(weight[count >= (2 if self._goal is Goal.SECOND_COVER else 1)].sum())
        nearest = self._nearest_existing()
        np.minimum.at(nearest, self._new_place[kept], self._new_distance[kept])
        nearest = nearest[self._reached]
        if self._goal is Goal.P_CENTER:
            return float(nearest.max(initial=0.0))
        counted = weight[self._reached] > 0
        return float((weight[self._reached][counted] * nearest[counted]).sum())

    def _nearest_existing(self) -> Floats:
        nearest = np.full(self._problem.demand, np.inf)
        np.minimum.at(nearest, self._existing_place, self._existing_distance)
        return nearest

    def _cover_most(self) -> _Found:
        """Model the weight not covered as the cost of going without."""
        problem, search = self._problem, self._search
        lacking = np.bincount(self._existing_place, minlength=problem.demand) == 0
        covered = float(problem.weight[~lacking].sum())
        place, site, weight = self._classes(lacking & (problem.weight > 0))
        search.sign, search.offset = -1.0, covered + float(weight.sum())
        model = Assignment.of(
            place,
            site,
            np.zeros(len(place)),
            cap=weight,
            required=self._required,
            opened=self._wanted or 0,
        )
        answer = serve(_undominated(model), search)
        return _Found(
            opened=answer.opened, bound=search.offset - answer.bound, proven=answer.proven
        )

    def _classes(self, counted: Marks) -> tuple[Whole, Whole, Floats]:
        """Put demand that the same new sites reach together; what none reaches is left out."""
        kept = np.flatnonzero(counted[self._new_place])
        order = kept[np.lexsort((self._new_site[kept], self._new_place[kept]))]
        place, site = self._new_place[order], self._new_site[order]
        starts = np.flatnonzero(np.diff(place, prepend=-1))
        ends = np.append(starts, len(place))[1:]
        class_of: dict[bytes, int] = {}
        weights: list[float] = []
        firsts: list[int] = []
        for number, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
            key = site[start:end].tobytes()
            known = class_of.setdefault(key, len(weights))
            if known == len(weights):
                weights.append(0.0)
                firsts.append(number)
            weights[known] += float(self._problem.weight[place[start]])
        sizes = (ends - starts)[firsts] if firsts else np.empty(0, dtype=np.intp)
        pairs = [site[starts[number] : ends[number]] for number in firsts]
        return (
            np.repeat(np.arange(len(firsts)), sizes),
            np.concatenate(pairs) if pairs else np.empty(0, dtype=np.intp),
            np.array(weights),
        )

    def _cover_all(self) -> _Found:
        covered = np.bincount(self._existing_place, minlength=self._problem.demand) > 0
        left = np.flatnonzero(self._reached & ~covered)
        row_of = np.full(self._problem.demand, -1)
        row_of[left] = np.arange(len(left))
        kept = np.flatnonzero(row_of[self._new_place] >= 0)
        matrix = row_matrix(
            row_of[self._new_place[kept]],
            self._new_site[kept],
            rows=len(left),
            sites=len(self._candidates),
        )
        cover = fewest(matrix, self._required, self._search)
        return _Found(opened=cover.opened, bound=float(cover.bound), proven=cover.proven)

    def _shortest_sum(self) -> _Found:
        problem, search = self._problem, self._search
        counted = self._reached & (problem.weight > 0)
        numbers = np.flatnonzero(counted)
        place_of = np.full(problem.demand, -1)
        place_of[numbers] = np.arange(len(numbers))
        kept = np.flatnonzero(counted[self._new_place])
        weight = problem.weight
        model = Assignment.of(
            place_of[self._new_place[kept]],
            self._new_site[kept],
            weight[self._new_place[kept]] * self._new_distance[kept],
            cap=weight[numbers] * self._nearest_existing()[numbers],
            required=self._required,
            opened=self._wanted or 0,
        )
        answer = serve(model, search)
        return _Found(
            opened=answer.opened,
            bound=answer.bound,
            proven=answer.proven,
            reason=self._too_few() if answer.opened is None and answer.proven else None,
        )

    def _shortest_worst(self) -> _Found:
        numbers = np.flatnonzero(self._reached)
        place_of = np.full(self._problem.demand, -1)
        place_of[numbers] = np.arange(len(numbers))
        answer = center(
            CenterModel(
                place=place_of[self._new_place],
                site=self._new_site,
                distance=self._new_distance,
                nearest=self._nearest_existing()[numbers],
                required=self._required,
                opened=self._wanted or 0,
            ),
            self._search,
        )
        return _Found(
            opened=answer.opened,
            bound=answer.bound,
            proven=answer.proven,
            reason=self._too_few() if answer.opened is None and answer.proven else None,
        )

    def _too_few(self) -> str:
        return (
            f"no {self._wanted} new sites reach everybody: every demand point is within reach of "
            "some site, but of no so few together"
        )

    def _cover_twice(self) -> _Found:
        problem, search = self._problem, self._search
        count = np.bincount(self._existing_place, minlength=problem.demand)
        lacking = np.maximum(2 - count, 0)
        reach = np.bincount(self._new_place, minlength=problem.demand)
        left = np.flatnonzero((lacking > 0) & (reach >= lacking) & (problem.weight > 0))
        row_of = np.full(problem.demand, -1)
        row_of[left] = np.arange(len(left))
        kept = np.flatnonzero(row_of[self._new_place] >= 0)
        matrix = row_matrix(
            row_of[self._new_place[kept]],
            self._new_site[kept],
            rows=len(left),
            sites=len(self._candidates),
        )
        weight = problem.weight[left]
        search.sign = -1.0
        search.offset = float(problem.weight[lacking == 0].sum()) + float(weight.sum())
        answer = cover_twice(
            SecondCover(
                matrix=matrix,
                lacking=lacking[left],
                weight=weight,
                required=self._required,
                opened=min(self._wanted or 0, len(self._candidates)),
            ),
            search,
        )
        return _Found(
            opened=answer.opened, bound=search.offset - answer.bound, proven=answer.proven
        )


def _finite(bound: float | None) -> float | None:
    return None if bound is None or not math.isfinite(bound) else bound


def _undominated(model: Assignment) -> Assignment:
    """Leave out the pairs of sites that reach no more than another does."""
    if not 0 < model.sites <= _CLASSES_BY_BYTES:
        return model
    matrix = sparse.csr_array(
        (np.ones(len(model.site), dtype=np.float32), (model.site, model.place)),
        shape=(model.sites, model.places),
    )
    shared = (matrix @ matrix.T).toarray()
    contained = shared == np.diag(shared)[:, None]
    np.fill_diagonal(contained, val=False)
    equal = contained & contained.T
    needless = (contained & ~equal).any(axis=1) | np.triu(equal, 1).any(axis=0)
    needless &= ~model.required
    kept = ~needless[model.site]
    return Assignment.of(
        model.place[kept],
        model.site[kept],
        model.cost[kept],
        cap=model.cap,
        required=model.required,
        opened=model.opened,
    )
