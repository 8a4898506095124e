import { basicOf, serveImitation } from './imitation.ts';

/** What can go wrong at BambooHR, each as it answers. */
export type BamboohrFault = 'no_permission' | 'busy' | 'busy_for_long' | 'down' | 'emails_hidden';

export type ImitatedEmployee = Record<string, unknown>;

/** BambooHR's API for one company and one key. */
export async function imitateBamboohr() {
  const faults = new Set<BamboohrFault>();
  const login = { company: 'acme', apiKey: '0123456789abcdef0123456789abcdef01234567' };
  const company = { employees: [] as ImitatedEmployee[] };

  const server = await serveImitation((asked) => {
    if (faults.has('down')) return { status: 500, body: '' };
    if (faults.delete('busy')) return { status: 503, headers: { 'retry-after': '3' }, body: '' };
    if (faults.has('busy_for_long')) return { status: 503, headers: { 'retry-after': '900' }, body: '' };
    const [, named, at] = /^\/([^/]+)\/v1(\/.*)$/.exec(asked.path) ?? [];
    if (named !== login.company) return { status: 404, body: '' };
    if (basicOf(asked)?.user !== login.apiKey) return { status: 401, body: '' };
    if (faults.has('no_permission')) return { status: 403, body: '' };
    if (asked.headers.accept !== 'application/json' || at !== '/employees/directory')
      return { status: 404, body: '' };
    const hides = faults.has('emails_hidden');
    return {
      status: 200,
      body: {
        fields: [
          'displayName',
          'firstName',
          'lastName',
          'jobTitle',
          ...(hides ? [] : ['workEmail']),
          'department',
        ].map((id) => ({ id, type: 'text', name: id })),
        employees: company.employees.map(({ workEmail, ...rest }) => (hides ? rest : { ...rest, workEmail })),
      },
    };
  });
  return { faults, login, company, url: server.url, asked: server.asked, close: server.close };
}

export type BamboohrImitation = Awaited<ReturnType<typeof imitateBamboohr>>;

/** An employee as the company directory shows one. */
export function anEmployee(number: number, change: ImitatedEmployee = {}): ImitatedEmployee {
  return {
    id: String(number),
    displayName: `Person No${number}`,
    firstName: 'Person',
    lastName: `No${number}`,
    preferredName: null,
    jobTitle: 'Engineer',
    workPhone: null,
    workEmail: `person${number}@acme.test`,
    department: 'Engineering',
    location: 'Linz',
    photoUploaded: false,
    ...change,
  };
}
