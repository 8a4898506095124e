import { describe, expect, test } from 'vitest';
import { groupFilter, personFilter } from './filter.ts';
import { filterLimits } from './filter-text.ts';

const is = (field: string, op: string, value?: unknown) => ({
  is: 'test',
  field,
  test: op === 'pr' ? { op } : { op, value },
});
const any = (list: string, part: object) => ({ is: 'any', list, part });
const and = (...parts: object[]) => ({ is: 'and', parts });
const or = (...parts: object[]) => ({ is: 'or', parts });
const not = (part: object) => ({ is: 'not', part });

describe('the whole grammar of RFC 7644 §3.4.2.2, figure 1 and its examples', () => {
  test.each([
    ['userName eq "bjensen"', is('userName', 'eq', 'bjensen')],
    ['name.familyName co "O\'Malley"', is('name.familyName', 'co', "O'Malley")],
    ['userName sw "J"', is('userName', 'sw', 'J')],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"', is('userName', 'sw', 'J')],
    ['title pr', is('title', 'pr')],
    [
      'meta.lastModified gt "2011-05-13T04:42:34Z"',
      is('meta.lastModified', 'gt', new Date('2011-05-13T04:42:34Z')),
    ],
    ['meta.created ge "2011-05-13T04:42:34Z"', is('meta.created', 'ge', new Date('2011-05-13T04:42:34Z'))],
    ['userName lt "m"', is('userName', 'lt', 'm')],
    ['userName le "m"', is('userName', 'le', 'm')],
    ['userName ew "@acme.com"', is('userName', 'ew', '@acme.com')],
    ['userName ne "x"', is('userName', 'ne', 'x')],
    ['title eq null', is('title', 'eq', null)],
    ['active eq true', is('active', 'eq', true)],
    ['title pr and userType eq "Employee"', and(is('title', 'pr'), is('userType', 'eq', 'Employee'))],
    ['title pr or userType eq "Intern"', or(is('title', 'pr'), is('userType', 'eq', 'Intern'))],
    [
      'userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")',
      and(
        is('userType', 'eq', 'Employee'),
        or(any('emails', is('value', 'co', 'example.com')), any('emails', is('value', 'co', 'example.org'))),
      ),
    ],
    [
      'userType ne "Employee" and not (emails co "example.com")',
      and(is('userType', 'ne', 'Employee'), not(any('emails', is('value', 'co', 'example.com')))),
    ],
    [
      'userType eq "Employee" and emails[type eq "work" and value co "@example.com"]',
      and(
        is('userType', 'eq', 'Employee'),
        any('emails', and(is('type', 'eq', 'work'), is('value', 'co', '@example.com'))),
      ),
    ],
    [
      'emails[type eq "work" and value co "@example.com"] or phoneNumbers[type eq "mobile"]',
      or(
        any('emails', and(is('type', 'eq', 'work'), is('value', 'co', '@example.com'))),
        any('phoneNumbers', is('type', 'eq', 'mobile')),
      ),
    ],
    [
      'title pr and userType eq "a" or userName pr and active eq false',
      or(
        and(is('title', 'pr'), is('userType', 'eq', 'a')),
        and(is('userName', 'pr'), is('active', 'eq', false)),
      ),
    ],
    ['emails pr', any('emails', and())],
    [
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "R&D"',
      is('enterprise.department', 'eq', 'R&D'),
    ],
  ])('%s', (text, expected) => {
    expect(personFilter(text)).toEqual(expected);
  });
});

describe('what clients make of it', () => {
  test.each([
    ['USERNAME EQ "x" AND Active Eq True', and(is('userName', 'eq', 'x'), is('active', 'eq', true))],
    ['active eq "True"', is('active', 'eq', true)],
    [
      'emails[type eq "work"].value eq "a@b.c"',
      any('emails', and(is('type', 'eq', 'work'), is('value', 'eq', 'a@b.c'))),
    ],
    [
      'emails[type eq "work" or type eq "home"].value pr',
      any('emails', and(or(is('type', 'eq', 'work'), is('type', 'eq', 'home')), is('value', 'pr'))),
    ],
    ['externalId eq "5"', is('externalId', 'eq', '5')],
    ['userName eq "a\\"b\\\\c\\u00e9"', is('userName', 'eq', 'a"b\\cé')],
    ['userName eq "] ) and ("', is('userName', 'eq', '] ) and (')],
    [
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber eq 701984',
      is('enterprise.employeeNumber', 'eq', '701984'),
    ],
  ])('%s', (text, expected) => {
    expect(personFilter(text)).toEqual(expected);
  });

  test('Entra asks whether somebody is in a group', () => {
    expect(groupFilter('id eq "g" and members eq "u"')).toEqual(
      and(is('id', 'eq', 'g'), any('members', is('value', 'eq', 'u'))),
    );
  });
});

describe('[SCIM-05] a filter that cannot be read, or asks for what there is not, is refused as invalidFilter', () => {
  test.each([
    ['', 'filter_unreadable'],
    ['userName', 'filter_unreadable'],
    ['userName eq', 'filter_unreadable'],
    ['userName eq bob', 'filter_unreadable'],
    ['userName eq "x', 'filter_unreadable'],
    ['userName is "x"', 'filter_unreadable'],
    ['userName eq "x" userName', 'filter_unreadable'],
    ['(userName eq "x"', 'filter_unreadable'],
    ['emails[type eq "work"', 'filter_unreadable'],
    ['emails[type eq "work"].', 'filter_unreadable'],
    ['userName eq "\\u0000"', 'filter_unreadable'],
    ['userName eq "\\ud800"', 'filter_unreadable'],
    ['userName eq "\\x"', 'filter_unreadable'],
    ['userName co ""', 'filter_unreadable'],
    ['active co "t"', 'filter_unreadable'],
    ['active gt true', 'filter_unreadable'],
    ['active eq "perhaps"', 'filter_unreadable'],
    ['meta.created gt "yesterday"', 'filter_unreadable'],
    ['userName eq true', 'filter_unreadable'],
    ['password eq "x"', 'filter_attribute_unknown'],
    ['constructor eq "x"', 'filter_attribute_unknown'],
    ['__proto__ eq "x"', 'filter_attribute_unknown'],
    ['emails.constructor eq "x"', 'filter_attribute_unknown'],
    ['emails[secret eq "x"]', 'filter_attribute_unknown'],
    ['userName[type eq "x"]', 'filter_attribute_unknown'],
    ['raw eq "x"', 'filter_attribute_unknown'],
    ['addresses eq "x"', 'filter_attribute_unknown'],
  ])('%s', (text, reason) => {
    expect(() => personFilter(text)).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidFilter', reason }),
    );
  });
});

describe('[SCIM-05] limits hold before anything is parsed', () => {
  const tests = (count: number) => Array.from({ length: count }, () => 'id pr').join(' or ');
  const inside = (depth: number) => `${'('.repeat(depth)}id pr${')'.repeat(depth)}`;
  const nots = (depth: number) => `${'not '.repeat(depth)}(id pr)`;
  const long = (bytes: number) => `id eq "${'é'.repeat(bytes / 2 - 4)}"`;

  test.each([
    ['2 KB of text', long(filterLimits.bytes), long(filterLimits.bytes + 2)],
    ['50 comparisons', tests(50), tests(51)],
    ['10 levels', inside(10), inside(11)],
    ['10 levels of not', nots(10), nots(11)],
    ['5,000 parentheses, on which the parser alone would end', inside(10), inside(5000)],
  ])('%s', (_what, fits, exceeds) => {
    expect(() => personFilter(fits)).not.toThrow();
    expect(() => personFilter(exceeds)).toThrow(
      expect.objectContaining({ scimType: 'invalidFilter', reason: 'filter_too_large' }),
    );
  });
});
