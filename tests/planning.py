"""Planned trials in few words, and what their closed form says."""

from planner.validation.planned_trials import DESIGNS as DESIGNS
from planner.validation.planned_trials import Size as Size
from planner.validation.planned_trials import Table as Table
from planner.validation.planned_trials import equivalent as equivalent
from planner.validation.planned_trials import non_inferior as non_inferior
from planner.validation.planned_trials import of_difference as of_difference
from planner.validation.planned_trials import one_sided as one_sided
from planner.validation.planned_trials import plan as plan
from planner.validation.planned_trials import power_at as power_at
from planner.validation.planned_trials import precision_at as precision_at
from planner.validation.planned_trials import smallest as smallest
from planner.validation.planned_trials import spread as spread
from planner.validation.planned_trials import two_sided as two_sided
from planner.validation.planned_trials import within as within
