import { basicOf, serveImitation } from './imitation.ts';

/** What can go wrong at Workday, each as it answers. */
export type WorkdayFault =
  'locked' | 'not_shared' | 'maintenance' | 'page_with_200' | 'cut_off' | 'another_answer';

export type ImitatedWorker = Record<string, unknown>;

const base = '/ccx/service/customreport2/acme_dpt1/isu_owner';

/** Workday's Reports-as-a-Service: a report of workers and one of groups, for the integration's own user. */
export async function imitateWorkday() {
  const faults = new Set<WorkdayFault>();
  const login = { user: 'ISU_Ledgerly@acme_dpt1', password: 'a long password' };
  const report = { workers: [] as ImitatedWorker[], groups: [] as ImitatedWorker[] };

  const server = await serveImitation((asked) => {
    if (faults.has('maintenance')) return { status: 503, body: maintenancePage };
    if (faults.has('page_with_200')) return { status: 200, body: maintenancePage };
    const given = basicOf(asked);
    if (faults.has('locked') || given?.user !== login.user || given.password !== login.password) {
      return { status: 401, body: { error: 'invalid username or password' } };
    }
    if (faults.has('not_shared')) return { status: 403, body: { error: 'permission denied' } };
    const entries =
      asked.path === `${base}/Workers`
        ? report.workers
        : asked.path === `${base}/Groups`
          ? report.groups
          : undefined;
    if (entries === undefined) return { status: 404, body: { error: 'invalid report' } };
    if (asked.query.get('format') !== 'json')
      return {
        status: 200,
        body: '<?xml version="1.0"?><wd:Report_Data/>',
        headers: { 'content-type': 'text/xml' },
      };
    if (faults.has('another_answer')) return { status: 200, body: { Report_Data: {} } };
    if (faults.has('cut_off')) {
      const whole = JSON.stringify({ Report_Entry: entries });
      return { status: 200, headers: { 'content-type': 'application/json' }, body: whole.slice(0, -20) };
    }
    return { status: 200, body: { Report_Entry: entries } };
  });

  return {
    faults,
    login,
    report,
    asked: server.asked,
    usersUrl: `${server.url}${base}/Workers?format=json`,
    groupsUrl: `${server.url}${base}/Groups`,
    close: server.close,
  };
}

export type WorkdayImitation = Awaited<ReturnType<typeof imitateWorkday>>;

const maintenancePage = '<!DOCTYPE html><html><title>Workday is currently unavailable</title></html>';

/** A row of the report. */
export function aWorker(number: number, change: ImitatedWorker = {}): ImitatedWorker {
  return {
    employee_id: String(21_000 + number),
    first_name: 'Person',
    last_name: `No${number}`,
    primary_work_email: `person${number}@acme.test`,
    job_title: 'Engineer',
    department_name: 'Engineering',
    ...change,
  };
}
