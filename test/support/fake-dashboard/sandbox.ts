import { testSinkBody, testSinkState } from '../../../api/contract/sandbox-sink.ts';
import * as sandbox from '../../../api/contract/sandbox.ts';
import type { fakeDirectories } from '../fake-directories.ts';
import { begunAt, fakeDnsFaults } from '../fake-sandbox.ts';
import { fakeSink } from '../fake-sink.ts';
import { noContent, ok, type FakeRoutes, type FakeWorld } from './routes.ts';

/** The sandbox's places: mailbox, DNS, Test IdP, test directory and test sink. */
export function answerSandbox(
  { get, on, take }: FakeRoutes,
  directories: ReturnType<typeof fakeDirectories>,
  { data, now, isEmpty, at }: FakeWorld,
): void {
  let made = 0;

  get('/sandbox/test-directory', sandbox.testDirectoryState, () => directories.client);
  for (const [method, path] of [
    ['PUT', ''],
    ['POST', '/use'],
    ['POST', '/talk'],
    ['POST', '/reset'],
    ['POST', '/crowd'],
    ['POST', '/people'],
    ['PUT', '/people/:id'],
    ['DELETE', '/people/:id'],
    ['POST', '/groups'],
    ['PUT', '/groups/:id'],
    ['DELETE', '/groups/:id'],
  ] as const) {
    on(method, `/sandbox/test-directory${path}`, () => ok(sandbox.testDirectoryState, directories.client));
  }

  get('/sandbox/mails', sandbox.sandboxMailList, (_id, query) => ({
    mails: data.mails
      .filter(({ to }) => to.includes(query.get('to') ?? ''))
      .map(({ id, at: sentAt, from, to, subject }) => ({ id, at: sentAt, from, to, subject })),
  }));
  get('/sandbox/mails/:id', sandbox.sandboxMailDetail, (id) => data.mails.find((mail) => mail.id === id));
  get('/sandbox/dns/records', sandbox.sandboxRecordList, () => ({ records: data.records }));
  take('POST', '/sandbox/dns/records', sandbox.sandboxRecordBody, (body) => {
    made += 1;
    const record = { ...body, id: `rec_new${made}`, createdAt: at() };
    data.records = [record, ...data.records];
    return ok(sandbox.sandboxRecord, record, 201);
  });
  on('DELETE', '/sandbox/dns/records/:id', ({ id }) => {
    data.records = data.records.filter((record) => record.id !== id);
    return noContent;
  });
  let sink = fakeSink(now, isEmpty);
  get('/sandbox/test-sink', testSinkState, (_id, query) => ({
    ...sink,
    records: sink.records.filter(({ text }) => text.includes(query.get('find') ?? '')),
  }));
  take('PUT', '/sandbox/test-sink', testSinkBody, ({ faults }) => {
    const turned = sink.faults.map(({ id, isOn }) => ({ id, isOn: faults?.includes(id) ?? isOn }));
    sink = { ...sink, faults: turned };
    return ok(testSinkState, sink);
  });
  on('POST', '/sandbox/test-sink/reset', () => {
    const faults = sink.faults.map(({ id }) => ({ id, isOn: false }));
    sink = { ...sink, faults, arrivals: [], records: [] };
    return ok(testSinkState, sink);
  });
  get('/sandbox/test-idp', sandbox.testIdpState, () => data.testIdp);
  take('PUT', '/sandbox/test-idp', sandbox.testIdpBody, (body) => {
    data.testIdp = { ...data.testIdp, ...body };
    return ok(sandbox.testIdpState, data.testIdp);
  });
  let dnsFaults = fakeDnsFaults(isEmpty);
  get('/sandbox/dns/faults', sandbox.sandboxDnsFaults, () => dnsFaults);
  take('PUT', '/sandbox/dns/faults', sandbox.sandboxDnsFaultsBody, ({ faults }) => {
    dnsFaults = { faults: dnsFaults.faults.map((fault) => ({ ...fault, isOn: faults.includes(fault.id) })) };
    return ok(sandbox.sandboxDnsFaults, dnsFaults);
  });
  const switches = (): sandbox.SandboxSwitches => {
    const countOf = (faults: readonly { isOn: boolean }[]) => faults.filter(({ isOn }) => isOn).length;
    const { fault, rollover } = data.testIdp;
    return {
      places: [
        { place: 'test_idp', on: Number(fault !== null) + Number(rollover !== 'one_key') },
        { place: 'test_directory', on: countOf(directories.client.faults) },
        { place: 'dns', on: countOf(dnsFaults.faults) },
        { place: 'test_sink', on: countOf(sink.faults) },
      ],
    };
  };
  get('/sandbox/switches', sandbox.sandboxSwitches, switches);
  on('POST', '/sandbox/switches/reset', () => {
    data.testIdp = { ...data.testIdp, fault: null, rollover: 'one_key' };
    const off = <Fault extends { isOn: boolean }>(faults: readonly Fault[]) =>
      faults.map((fault) => ({ ...fault, isOn: false }));
    sink = { ...sink, faults: off(sink.faults) };
    dnsFaults = { faults: off(dnsFaults.faults) };
    return ok(sandbox.sandboxSwitches, switches());
  });
  on('POST', '/sandbox/test-idp/retire-key', () => {
    data.testIdp = { ...data.testIdp, rollover: 'one_key' };
    return ok(sandbox.testIdpState, data.testIdp);
  });
  take('POST', '/sandbox/test-idp/people', sandbox.testPersonBody, (body) => {
    const person = { id: `tp-${data.testIdp.people.length + 1}`, ...body };
    data.testIdp = { ...data.testIdp, people: [...data.testIdp.people, person] };
    return ok(sandbox.testPerson, person);
  });
  take('PUT', '/sandbox/test-idp/people/:id', sandbox.testPersonBody, (body, { id }) => {
    const person = { id: id ?? '', ...body };
    const people = data.testIdp.people.map((other) => (other.id === id ? person : other));
    data.testIdp = { ...data.testIdp, people };
    return ok(sandbox.testPerson, person);
  });
  on('DELETE', '/sandbox/test-idp/people/:id', ({ id }) => {
    data.testIdp = { ...data.testIdp, people: data.testIdp.people.filter((person) => person.id !== id) };
    return noContent;
  });
  get('/sandbox/rehearsal', sandbox.rehearsalState, () => data.rehearsal);
  on('POST', '/sandbox/rehearsal', () => {
    const begun = data.rehearsal.rehearsal?.state !== 'running';
    if (begun) data.rehearsal = begunAt(at());
    return ok(sandbox.begunRehearsal, { ...data.rehearsal, begun });
  });
  on('POST', '/sandbox/test-idp/people/restore', () => ok(sandbox.testIdpState, data.testIdp));
}
