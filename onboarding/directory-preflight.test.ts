import { describe, expect, it } from 'vitest';
import { preflightSource, serviceAccountKeyOf, type TypedSource } from './directory-preflight.ts';

const strict = { hasSecret: false, allowsLoopback: false };
const look = (typed: TypedSource, context: Partial<typeof strict> = {}) =>
  preflightSource(typed, { ...strict, ...context }).map(({ severity, code, field, repair }) =>
    [severity, code, field, ...(repair === null ? [] : [repair])].join(' '),
  );

const keyFile = {
  type: 'service_account',
  client_email: 'a@b.iam.gserviceaccount.com',
  client_id: '1',
  private_key_id: 'k',
  private_key: '-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\n',
};
const google = (key: unknown, adminEmail = 'admin@acme.com'): TypedSource => ({
  road: 'google',
  adminEmail,
  key: typeof key === 'string' ? key : JSON.stringify(key),
});
const report = 'https://wd2-impl-services1.workday.com/ccx/service/customreport2/acme/isu/Workers';
const workday = (change: Partial<Extract<TypedSource, { road: 'workday' }>> = {}): TypedSource => ({
  road: 'workday',
  usersUrl: report,
  groupsUrl: '',
  userName: 'ISU@acme',
  password: 'p',
  ...change,
});
const bamboohr = (company: string, apiKey = 'a'.repeat(40)): TypedSource => ({
  road: 'bamboohr',
  company,
  apiKey,
});

describe('what an admin typed to have a directory read', () => {
  it('is fine where it is whole', () => {
    expect([look(google(keyFile)), look(workday()), look(bamboohr('acme'))]).toEqual([[], [], []]);
  });

  it('may leave the secret empty where one is kept', () => {
    const all = [google(''), workday({ password: '' }), bamboohr('acme', '')];
    expect(all.map((typed) => look(typed))).toEqual([
      ['stop empty key'],
      ['stop empty password'],
      ['stop empty apiKey'],
    ]);
    expect(all.map((typed) => look(typed, { hasSecret: true }))).toEqual([[], [], []]);
  });

  it.each<[string, unknown, string]>([
    ['a text that is no JSON', 'AIzaSyD', 'key_not_json'],
    ['the file of an OAuth client', { web: { client_id: 'x' } }, 'key_of_oauth_client'],
    ['a file without its key', { ...keyFile, private_key: '' }, 'key_incomplete'],
    [
      'a key of another form',
      { ...keyFile, private_key: '-----BEGIN RSA PRIVATE KEY-----' },
      'key_is_old_form',
    ],
    ['an endless text', 'x'.repeat(20_001), 'value_too_long'],
  ])('tells %s from a key file', (_what, key, code) => {
    expect(look(google(key))).toEqual([`stop ${code} key`]);
  });

  it('wants the address of a person who is an admin, not the account’s own', () => {
    expect(look(google(keyFile, 'a@b.iam.gserviceaccount.com'))).toEqual([
      'stop service_email_pasted adminEmail',
    ]);
    expect(look(google(keyFile, 'admin'))).toEqual(['stop email_needed adminEmail']);
    expect(look(google(keyFile, ''))).toEqual(['stop empty adminEmail']);
  });

  it.each([
    ['not an address', 'stop not_an_address usersUrl'],
    [report.replace('https', 'http'), `stop not_https usersUrl ${report}`],
    [report.replace('https://', 'https://isu:pw@'), 'stop address_has_credentials usersUrl'],
    ['https://impl.workday.com/acme/d/task/2997$1.htmld', 'stop report_page_pasted usersUrl'],
    ['https://impl.workday.com/acme', 'stop not_a_report usersUrl'],
    [report.replace('workday.com', 'example.com'), 'warn host_unusual usersUrl'],
  ])('looks at the report’s address: %s', (usersUrl, found) => {
    expect(look(workday({ usersUrl, userName: 'ISU@acme' }))).toEqual([found]);
  });

  it('takes no report twice, and offers the tenant that the user’s name lacks', () => {
    expect(look(workday({ groupsUrl: `${report}?format=json` }))).toEqual([
      'stop same_report_twice groupsUrl',
    ]);
    expect(look(workday({ userName: 'ISU' }))).toEqual(['warn tenant_missing userName ISU@acme']);
  });

  it('takes loopback only where the sandbox allows it', () => {
    const usersUrl = 'http://127.0.0.1:9/ccx/service/customreport2/acme/isu/Workers';
    expect(look(workday({ usersUrl }), { allowsLoopback: true })).toEqual([]);
    expect(look(workday({ usersUrl }))).toEqual([
      `stop not_https usersUrl ${usersUrl.replace('http:', 'https:')}`,
    ]);
  });

  it('makes the company’s name of its address', () => {
    expect(look(bamboohr('https://Acme.bamboohr.com/home'))).toEqual([
      'stop company_is_address company acme',
    ]);
    expect(look(bamboohr('Acme.bamboohr.com'))).toEqual(['stop company_is_address company acme']);
    expect(look(bamboohr('acme industries'))).toEqual(['stop company_unlikely company']);
    expect(look(bamboohr('acme', 'short'))).toEqual(['warn api_key_unlikely apiKey']);
  });
});

describe('a key file', () => {
  it('is read for what it says of the account', () => {
    expect(serviceAccountKeyOf(JSON.stringify(keyFile))).toEqual({
      clientEmail: keyFile.client_email,
      clientId: '1',
      keyId: 'k',
      privateKey: keyFile.private_key,
    });
    expect(serviceAccountKeyOf('[]')).toBeUndefined();
    expect(serviceAccountKeyOf('{}')).toBeUndefined();
  });
});
