import type { RouteLocationRaw } from 'vue-router';
import type { StatusOf } from './statuses.ts';

/** One line of the rail: its words, where it stands, where it leads; a blocked one says by what. */
export type RailStep = {
  id: string;
  label: string;
  state: StatusOf<'step'>;
  to?: RouteLocationRaw;
  reason?: string;
};
