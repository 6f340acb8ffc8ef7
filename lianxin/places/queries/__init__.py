"""Reads of places: divisions, grids, and working time.

Divisions (codes of 2, 4, 6, 9, 12 digits; a code begins with its parent's code)
    names_for(codes: Iterable[str]) -> dict[str, DivisionName]      one query for any number of codes
    division(code: str) -> Division                                 raises Absent
    active_division(code: str) -> Division | None                   remembered
    path(code: str) -> str                                          "云南省 › 昆明市 › 西山区 › 前卫街道"
    children(code: str) -> QuerySet[Division]                       active ones, in order; "" → province
    search(text: str, *, within: str = "", limit: int = 20) -> list[Division]
    resolve(text: str, *, within: str = "") -> list[Division]       all exact readings of path words
    resolve_many(texts) -> {text: list[Division]}                   the same for a table, one query
    reads(text: str, row: Division) -> bool                         whether the words can mean this division
    within(code: str, prefix: str) -> bool                          pure: code lies in prefix ("" = all)
    within_q(prefix: str, field: str = "division_code") -> Q        the same as a filter (index range)
    within_unindexed_q(prefix: str) -> Q                            and as one that no index is sought for
    ancestors(code: str) -> tuple[str, ...]                         pure: ("53", "5301", …, code)
    level_of(code: str) -> Level                                    pure: by length; ValueError
    DivisionName: frozen (code, name, short, level, path: tuple[str, ...])
        .text "云南省 › … › 前卫街道"   .tail(n=2) "西山区 › 前卫街道"
Grids
    grids_in(prefix: str) -> QuerySet[Grid]                         active, ordered
    grids_of(village: str, most: int) -> tuple[Grid, ...]           the same, remembered
    grid_for_address(division_code: str, text: str) -> Grid | None
    fitting(grids, text) / perhaps(grids, text) -> list[Grid]       whose lists explain most of an address
    grids_naming(text: str, *, within: str = "") -> list[Grid]      whose lists name a street, anywhere
    grid_at(latitude, longitude) -> UUID | None                     whose outline holds the point
    grid_near(latitude, longitude) -> GridHit | None                or the nearest within 200 m
Addresses
    read_places(text: str, *, within: str = "") -> list[Reading]    places named, and the rest of the words
Working time (all datetimes aware; answers in Asia/Shanghai; naive input → ValueError)
    calendars() -> Calendars                                        remembered, then .of(division_code)
    work_calendar(division_code: str = "") -> WorkCalendar          = calendars().of(division_code)
    WorkCalendar.default() -> WorkCalendar                          no database: package 2004–2026, default hours
    WorkCalendar (frozen, hashable by identity, no database after it was built):
      days
        is_working_day(day: date) -> bool
        day_name(day: date) -> str                                  "国庆节", "" where ordinary
        next_working_day(day: date) -> date                         strictly after
        working_day(day: date, n: int) -> date                      n-th working day after (n>0) or before (n<0)
        assumed(*days: date | datetime) -> bool                     a year nobody knows: 暂按周末推算
        working_days_between(a: datetime | date, b: datetime | date) -> int   signed, working days in (a, b]
      clocks
        add_working_days(start: datetime, n: int) -> datetime       close of the n-th working day after start's
        add_working_hours(start: datetime, hours: float | timedelta) -> datetime
        due_in_months(start: datetime, n: int) -> datetime          close of add_months(day of start, n)
        elapsed_working(start: datetime, end: datetime) -> timedelta   signed service time
        at_share(start: datetime, due: datetime, share: float) -> datetime   e.g. 0.8: the warning
        shift_days(due, pauses) / shift_hours(due, pauses) / shift_months(due, pauses) -> datetime
            pauses: Iterable[tuple[datetime, datetime]]: the due moment moved on by what was paused
        left(now: datetime, due: datetime) -> TimeLeft              .days .overdue .assumed str() "还剩 2 个工作日"
      service time
        sessions(day: date) -> tuple[tuple[datetime, datetime], ...]   () on a day off
        opening(day) / closing(day) -> datetime                     by the hours in force, even on a day off
        is_service_time(at: datetime) -> bool                       open inclusive, close exclusive
        next_service_moment(at: datetime) -> datetime               `at` itself within service time
    day_rows(year: int) / hours_rows() / year_source(year: int) -> YearSource   for the staff pages
    packaged_year(year: int) -> dict[date, tuple[bool, str]]        what the package says of a year
    add_months(day: date, n: int) -> date                           31 Jan + 1 → last day of February

Services (lianxin.places.services; `by` needs the ability calendar.manage over the division,
or is None: the installation itself)
    set_calendar_day(*, division_code, date, is_working, name, by, at) -> CalendarDay
    remove_calendar_day(*, day_id, by, at) -> None
    announce_year(*, year, days, by, at) -> int                     the national notice of a year, whole
    set_service_hours(*, division_code, from_date, morning_open, morning_close,
                      afternoon_open, afternoon_close, by, at) -> ServiceHours
    remove_service_hours(*, hours_id, by, at) -> None
    load_divisions(*, rows, at, …) -> LoadReport                    what manage.py load_divisions calls
    GridImporter: record's import of grids from xlsx, registered as "grids" in config/wiring.py
    set_shape(*, grid_id, outline, by, at) -> Grid                  outline: WKB, WKT or GeoJSON; None: none
    import_outlines(*, text, by, at) -> OutlineReport               a GeoJSON file; look_through(text) before
    each announces places.events.CalendarChanged(division_code, since) so that clocks are derived anew
"""

from lianxin.places.queries.address_search import Reading, Trust, read_places
from lianxin.places.queries.calendar_rows import day_rows, hours_rows, year_source
from lianxin.places.queries.calendars import Calendars, calendars, work_calendar
from lianxin.places.queries.day_table import packaged_year
from lianxin.places.queries.division_search import reads, resolve, resolve_many, search
from lianxin.places.queries.divisions import (
    DivisionName,
    active_division,
    ancestors,
    children,
    children_of,
    division,
    level_of,
    names_for,
    path,
    within,
    within_q,
    within_unindexed_q,
)
from lianxin.places.queries.grid_map import GridHit, grid_at, grid_near
from lianxin.places.queries.grids import (
    fitting,
    grid_for_address,
    grids_in,
    grids_naming,
    grids_of,
    perhaps,
)
from lianxin.places.queries.time_left import TimeLeft
from lianxin.places.queries.working_time import WorkCalendar, add_months

__all__ = (
    "Calendars",
    "DivisionName",
    "GridHit",
    "Reading",
    "TimeLeft",
    "Trust",
    "WorkCalendar",
    "active_division",
    "add_months",
    "ancestors",
    "calendars",
    "children",
    "children_of",
    "day_rows",
    "division",
    "fitting",
    "grid_at",
    "grid_for_address",
    "grid_near",
    "grids_in",
    "grids_naming",
    "grids_of",
    "hours_rows",
    "level_of",
    "names_for",
    "packaged_year",
    "path",
    "perhaps",
    "read_places",
    "reads",
    "resolve",
    "resolve_many",
    "search",
    "within",
    "within_q",
    "within_unindexed_q",
    "work_calendar",
    "year_source",
)
