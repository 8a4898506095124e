import { parseArgs } from 'node:util';
import { measure, measureInTurn, memoryMibOf, type Measured } from '../test/bench/driver.ts';
import { startProduct } from '../test/bench/product.ts';
import { auditIngest, auditPages, auditSealed } from '../test/bench/audit.ts';
import { streamScenarios } from '../test/bench/streams.ts';
import { manyMembers, scimScenarios } from '../test/bench/scim.ts';
import {
  bareInsert,
  createConnection,
  createOrganization,
  generateLink,
  invitations,
  oidcCallbacks,
  portalStep,
  samlAnswers,
  signIn,
} from '../test/bench/scenarios.ts';

/**
 * `npm run bench`: the product as two programs on throw-away data (fsync and synchronous_commit on; audit, row-level
 * security, idempotency on; rate limits raised, not removed) beside a bare Express and pg server on the same Postgres,
 * driven by the same driver in the same run. Goals are ratios, because machines differ. `npm run bench -- sign-ins`
 * measures one part of it: writes, steps, sign-ins, invitations, scim, audit or streams. AUDIT_ROWS says among how many
 * events the log is read: a million unless told. Log streams deliver beside a plain sender: `--seconds 60` and
 * `--per-second 2000` say how long and how fast events flow to a sink, `--backlog 200000` how many are drained.
 */

const say = (line: string) => process.stdout.write(`${line}\n`);
const invited = 100;
const answered = 400;

const parts = ['writes', 'steps', 'sign-ins', 'invitations', 'scim', 'audit', 'streams'] as const;
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '60' },
    'per-second': { type: 'string', default: '2000' },
    backlog: { type: 'string', default: '200000' },
  },
});
const unknown = positionals.filter((name) => !parts.some((part) => part === name));
if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}: choose of ${parts.join(', ')}.`);
const isAsked = (part: (typeof parts)[number]) => positionals.length === 0 || positionals.includes(part);

const product = await startProduct(say);
try {
  const restingMib = memoryMibOf(product.apiPid);
  say(`\nRate limits × 100000. Api at rest: ${restingMib.toFixed(0)} MiB (goal ≤ 120).\n`);
  say(
    `${'scenario'.padEnd(40)} ${'per s'.padStart(8)} ${'p50 ms'.padStart(8)} ${'p99 ms'.padStart(8)} ${'CPU ms'.padStart(8)} ${'ratio'.padStart(6)}`,
  );
  if (isAsked('writes')) await measureWrites();
  if (isAsked('steps')) show(await measure(await portalStep(product)), 'goal p50 ≤ 25 ms, one at a time');
  if (isAsked('sign-ins')) await measureSignIns();
  if (isAsked('invitations')) {
    const mails = await invitations(product, invited);
    show({ name: 'onboarding, from POST to invitation sent', ...mails, cpuMs: Number.NaN, ratio: null });
  }
  if (isAsked('scim')) await measureScim();
  if (isAsked('audit')) await measureAudit();
  if (isAsked('streams')) await measureStreams();
  say(`\nAfterwards: api ${memoryOf(product.apiPid)}, worker ${memoryOf(product.workerPid)}.`);
} finally {
  await product.stop();
}

async function measureWrites(): Promise<void> {
  const [bare, ...hot] = await measureInTurn([
    bareInsert(product),
    createOrganization(product),
    await generateLink(product),
    await createConnection(product),
  ]);
  if (bare === undefined) throw new Error('the bare server was not measured');
  show(bare);
  const goals = ['goal ≥ 0.5', 'goal ≥ 0.6', 'goal ≥ 0.3'];
  for (const [index, measured] of hot.entries()) show(against(bare, measured), goals[index]);
}

async function measureSignIns(): Promise<void> {
  show(await measure(await signIn(product)));
  const goals = ['', 'goal ≥ 0.65 of the library alone, by CPU time', 'goal p50 ≤ 12 ms'];
  for (const [index, measured] of (await samlAnswers(product, answered)).entries())
    show(measured, goals[index]);
  for (const measured of await oidcCallbacks(product, answered)) show(measured);
}

async function measureScim(): Promise<void> {
  for (const { bare, ours, goals } of await scimScenarios(product)) {
    const [plain, ...measured] = await measureInTurn([bare, ...ours]);
    if (plain === undefined) throw new Error('the bare server was not measured');
    show(plain);
    for (const [index, one] of measured.entries()) show(against(plain, one), goals[index]);
  }
  show(await manyMembers(product), 'goal p50 ≤ 50 ms');
}

async function measureAudit(): Promise<void> {
  for (const { bare, ours, goal } of await auditIngest(product)) {
    const [plain, measured] = await measureInTurn([bare, ours]);
    if (plain === undefined || measured === undefined) throw new Error('a server was not measured');
    show(plain);
    show(against(plain, measured), goal);
    const { rows, seconds } = await auditSealed(product);
    say(`  ${rows} of them were not sealed yet, and were ${seconds.toFixed(1)} s later.`);
  }
  const rows = Number(process.env['AUDIT_ROWS'] ?? 1_000_000);
  for (const page of await auditPages(product, rows)) show(page, 'goal p50 ≤ 20 ms');
}

async function measureStreams(): Promise<void> {
  const sizes = {
    seconds: Number(values.seconds),
    perSecond: Number(values['per-second']),
    backlog: Number(values.backlog),
  };
  const scenarios = await streamScenarios(product, sizes);
  try {
    show(await scenarios.flow(), 'goal p50 ≤ 1,000 ms, p99 ≤ 3,000 ms');
    const waiting = await scenarios.fill();
    say(`  ${waiting.toLocaleString('en')} records wait; per s and CPU ms are of one of them.`);
    await compare(scenarios.drain(0, 2), 'goal ≥ 0.3');
    await compare(scenarios.drain(50, 1), '');
    await compare(scenarios.besideADeadOne(), 'goal ≥ 0.95');
  } finally {
    await scenarios.close();
  }

  async function compare(measuring: Promise<Measured[]>, goal: string): Promise<void> {
    const [plain, ours] = await measuring;
    if (plain === undefined || ours === undefined) throw new Error('a sender was not measured');
    show(plain);
    show(against(plain, ours), goal);
  }
}

function memoryOf(pid: number): string {
  return `${memoryMibOf(pid).toFixed(0)} MiB (at its peak ${memoryMibOf(pid, 'VmHWM').toFixed(0)})`;
}

function against(bare: Measured, measured: Measured): Measured {
  return { ...measured, ratio: measured.perSecond / bare.perSecond };
}

function show({ name, perSecond, p50, p99, cpuMs, ratio }: Measured, goal = ''): void {
  const cell = (value: number | null, digits: number, width = 8) =>
    (value === null || Number.isNaN(value) ? '–' : value.toFixed(digits)).padStart(width);
  say(
    `${name.padEnd(40)} ${cell(perSecond, 0)} ${cell(p50, 1)} ${cell(p99, 1)} ${cell(cpuMs, 2)} ${cell(ratio, 2, 6)}  ${goal}`,
  );
}
