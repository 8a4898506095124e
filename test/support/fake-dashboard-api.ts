/**
 * The dashboard's and the sandbox's JSON endpoints from memory, for the staff app's tests and screenshots. Every answer
 * is checked by the contract's own schema before it leaves, and every body before it is taken.
 */
import * as dashboard from '../../api/contract/dashboard.ts';
import type { Problem } from '../../api/contract/shared.ts';
import { createDashboardData } from './dashboard-data.ts';
import { answerCustomers } from './fake-dashboard/customers.ts';
import { answerDevelopers } from './fake-dashboard/developers.ts';
import { answerDirectories } from './fake-dashboard/directories.ts';
import { answerEnvironments } from './fake-dashboard/environments.ts';
import { answerMembers } from './fake-dashboard/members.ts';
import { answerOnboardings } from './fake-dashboard/onboardings.ts';
import { answerRecords } from './fake-dashboard/records.ts';
import {
  api,
  createFakeRoutes,
  noContent,
  problemOf,
  type FakeAnswer,
  type FakeWorld,
} from './fake-dashboard/routes.ts';
import { answerSandbox } from './fake-dashboard/sandbox.ts';
import { answerSignIns } from './fake-dashboard/sign-ins.ts';
import { fakeDirectories } from './fake-directories.ts';

interface FakeRequest {
  method: string;
  path: string;
  body: unknown;
}

type Options = Pick<FakeWorld, 'now'> & Partial<Pick<FakeWorld, 'role' | 'isEmpty' | 'temporalAway'>>;

export function createFakeDashboard({ now, role = 'admin', isEmpty = false, temporalAway = false }: Options) {
  const data = createDashboardData(now, { role, isEmpty, temporalAway });
  const world: FakeWorld = { data, now, role, isEmpty, temporalAway, at: () => now.toISOString() };
  const directories = fakeDirectories(now, isEmpty);
  const routes = createFakeRoutes();
  const requests: FakeRequest[] = [];
  const refusals = new Map<string, FakeAnswer>();

  routes.get(`${api}/first-run`, dashboard.firstRun, () => data.firstRun);
  routes.on('POST', `${api}/first-run/skip`, () => noContent);
  const { sso } = answerMembers(routes, world);
  const { environment } = answerEnvironments(routes, world);
  const { audit, events, verification } = answerRecords(routes, world);
  answerCustomers(routes, world);
  answerOnboardings(routes, world);
  answerSignIns(routes, world);
  answerDevelopers(routes, world);
  answerDirectories(routes, directories, world);
  answerSandbox(routes, directories, world);

  return {
    data,
    environment,
    audit,
    events,
    verification,
    sso,
    /** Every request so far, oldest first. */
    requests,
    /** From now on, `GET /dashboard/api/attempts` and the like are refused with this code. */
    refuse: (method: string, path: string, status: number, code: Problem['code'], facts = {}) =>
      refusals.set(`${method} ${path}`, problemOf(status, code, undefined, facts)),
    accept: (method: string, path: string) => refusals.delete(`${method} ${path}`),
    handle(method: string, url: string, body?: unknown): FakeAnswer {
      const asked = new URL(url, 'http://127.0.0.1');
      requests.push({ method, path: `${asked.pathname}${asked.search}`, body });
      return refusals.get(`${method} ${asked.pathname}`) ?? routes.answer(method, asked, body);
    },
  };
}
