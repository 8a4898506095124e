import { describe, expect, it } from 'vitest';
import { fileLimits, hasPlace, type FileCause } from '../../onboarding/directory-files.ts';
import { FileRefused, readCsv } from './csv-reader.ts';
import { writeCsv } from './csv-writer.ts';
import { readGroupsFile, readUserGroupsFile, readUsersFile } from './directory-files.ts';

const header = 'user_id,first_name,last_name,email';
const users = (...lines: string[]) => [header, ...lines].join('\n');

/** The text as it would arrive: in pieces that cut lines and characters in two. */
async function* arriving(text: string | Uint8Array, pieceBytes = 7) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    yield await Promise.resolve(bytes.subarray(at, at + pieceBytes));
  }
}

async function refusalOf(reading: Promise<unknown>) {
  const error = await reading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof FileRefused ? { reason: error.reason, at: error.at } : error;
}

describe('users.csv', () => {
  it('is taken with and without BOM, with either line end, in any order of columns, and with columns of their own', async () => {
    const plain = await readUsersFile(arriving(users('1,Anna,Grün,anna@acme.com')));
    const windows = await readUsersFile(
      arriving(`\ufeffEmail,LAST_NAME,first_name,user_id,Shoe Size\r\nanna@acme.com,Grün,Anna,1,38\r\n`),
    );

    expect(plain.people).toEqual([
      { user_id: '1', first_name: 'Anna', last_name: 'Grün', email: 'anna@acme.com' },
    ]);
    expect(windows.people).toEqual([{ ...plain.people[0], 'Shoe Size': '38' }]);
    expect(windows).toMatchObject({ rows: 1, refused: { count: 0, kept: [] } });
  });

  it('[IMP-03] names line, column and value of each line that is not taken, and takes the others', async () => {
    const { people, refused, unclear, rows } = await readUsersFile(
      arriving(
        users(
          '1,Anna,Grün,anna@acme.com',
          '2,"Ben\njamin",Blau,ben@acme',
          '',
          '3,Cora,Rot,cora@acme.com',
          '1,Dora,Weiß,dora@acme.com',
          ',Emil,Schwarz,emil@acme.com',
          '6,Finn,Gelb,',
          '7,Gina,Lila,ANNA@acme.com',
          '8,Hanna',
          '9,Ida\0,Gold,ida@acme.com',
          '10,Jo,Grau,jo@acme.com',
          '11,Kim,Rosa,kim@acme.com',
          '12,Lea,Beige,lea@acme.com',
          '13,Mia,Braun,mia@acme.com',
          '14,Noa,Ocker,noa@acme.com',
          '',
        ),
      ),
    );

    expect(people.map(({ user_id }) => user_id)).toEqual(['1', '3', '10', '11', '12', '13', '14']);
    expect(rows).toBe(14);
    expect(refused.kept).toEqual([
      { line: 3, column: 'email', value: 'ben@acme', cause: 'email_invalid' },
      { line: 7, column: 'user_id', value: '1', cause: 'user_id_twice' },
      { line: 8, column: 'user_id', value: '', cause: 'user_id_missing' },
      { line: 9, column: 'email', value: '', cause: 'email_missing' },
      { line: 10, column: 'email', value: 'ANNA@acme.com', cause: 'user_name_twice' },
      { line: 11, column: null, value: '8,Hanna', cause: 'columns_differ' },
      { line: 12, column: 'first_name', value: 'Ida ', cause: 'character_unreadable' },
    ]);
    expect([...unclear.userIds]).toEqual(['2', '6', '7', '8', '9']);
    expect([...unclear.emails]).toEqual(['emil@acme.com']);
  });

  it.each([
    ['', 'empty', null],
    ['\n\n', 'empty', null],
    [header, 'no_people', null],
    [`${header}\n`, 'no_people', null],
    [
      '1,Anna,Grün,anna@acme.com\n',
      'header_missing',
      { line: 1, column: 'user_id, first_name, last_name, email', value: null },
    ],
    [
      'user_id,first_name,email\n1,A,a@b.co\n',
      'column_missing',
      { line: 1, column: 'last_name', value: null },
    ],
    [
      'user_id;first_name;last_name;email\n1;A;B;a@b.co',
      'other_separator',
      { line: 1, column: null, value: ';' },
    ],
    [
      'user_id;first_name;last_name;email\n1;"A; B";C;a@b.co\n',
      'other_separator',
      { line: 1, column: null, value: ';' },
    ],
    [`${header},EMAIL\n`, 'column_twice', { line: 1, column: 'email', value: null }],
    [`${header}${',x'.repeat(97)}\n`, 'too_many_columns', { line: 1, column: null, value: null }],
    [users('1,A,B,a@b.co', '2,"A"x,B,a@b.co', ''), 'quotes', { line: 3, column: null, value: null }],
    [users('1,A,B,a@b.co', '2,A"x",B,a@b.co', ''), 'quotes', { line: 3, column: null, value: null }],
  ])('[IMP-03] %j is refused whole: %s', async (text, reason, at) => {
    expect(await refusalOf(readUsersFile(arriving(text)))).toEqual({ reason, at });
    expect(hasPlace(reason as FileCause)).toBe(at !== null);
  });

  it.each([
    ['in the middle of a line', users('1,A,B,a@b.co', '2,Ben,B')],
    ['in the middle of a quoted value', users('1,A,B,a@b.co', '2,"Ben,B,b@b.co', '3,C,C,c@b.co')],
  ])('[IMP-04] is refused whole when it ends %s', async (_where, text) => {
    expect(await refusalOf(readUsersFile(arriving(text)))).toEqual({
      reason: 'cut_off',
      at: { line: 3, column: null, value: null },
    });
  });

  it('[IMP-04] is refused whole when most of its lines are', async () => {
    const text = users('1,A,B,a@b.co', '2,A,B,nobody', '3,A,B,nobody');

    expect(await refusalOf(readUsersFile(arriving(text)))).toMatchObject({ reason: 'mostly_refused' });
  });

  it.each([1, 5, 64, 4_096])(
    '[IMP-03] names the line that is not UTF-8, arriving by %i bytes',
    async (piece) => {
      const text = Buffer.concat([
        Buffer.from(users('1,Änna,Grün,a@b.co', '2,B')),
        Buffer.from([0xe4]),
        Buffer.from(',B,b@b.co\n4,Jörg,ß,j@b.co\n'),
      ]);

      expect(await refusalOf(readUsersFile(arriving(text, piece)))).toMatchObject({
        reason: 'not_utf8',
        at: { line: 3 },
      });
    },
  );

  it('[IMP-03] is refused beyond the limits of rows, bytes and cells, before it was read to its end', async () => {
    let read = 0;
    async function* endless(line: string) {
      yield Buffer.from(`${header}\n`);
      for (;;) {
        read += 1;
        yield await Promise.resolve(Buffer.from(line.repeat(1_000)));
      }
    }
    const rows = async () => {
      for await (const row of readCsv(endless('1,A,B,a@b.co\n'), [])) if (row.line === 0) return;
    };

    expect(await refusalOf(rows())).toMatchObject({
      reason: 'too_many_rows',
      at: { line: fileLimits.rows + 2 },
    });
    expect(read).toBeLessThan(400);
    expect(await refusalOf(readUsersFile(endless('x'.repeat(100))))).toMatchObject({ reason: 'quotes' });
    const wide = users(`1,${'A'.repeat(fileLimits.cellBytes + 1)},B,a@b.co`, '2,A,B,b@b.co', '3,A,B,c@b.co');
    expect((await readUsersFile(arriving(wide, 65_536))).refused.kept).toMatchObject([
      { line: 2, column: 'first_name', cause: 'cell_too_long' },
    ]);
    const large = async () => {
      for await (const row of readCsv(endless(`"${'A'.repeat(60_000)}",B,C,D\n`), []))
        if (row.line === 0) return;
    };
    expect(await refusalOf(large())).toMatchObject({ reason: 'too_large' });
  });

  it('[IMP-05] keeps values that a spreadsheet would run as they are', async () => {
    const { people } = await readUsersFile(arriving(users('1,=1+1,-B,+a@b.co', '2, A ,@B,b@b.co')));

    expect(people).toMatchObject([
      { first_name: '=1+1', last_name: '-B' },
      { first_name: ' A ', last_name: '@B' },
    ]);
  });
});

it('groups.csv names groups, once each, and other columns are left alone', async () => {
  const reading = await readGroupsFile(arriving('group_name,owner\nIT,x\nIT,y\n,z\nSales,\n'));

  expect(reading.names).toEqual(['IT', 'Sales']);
  expect(reading.refused.kept).toEqual([
    { line: 4, column: 'group_name', value: null, cause: 'group_name_missing' },
  ]);
});

it('[IMP-03] user_groups.csv names the lines about people who are not in users.csv', async () => {
  const long = 'G'.repeat(256);
  const text = `group_name,user_id\nIT,1\nIT,1\nIT,9\n,1\nIT,\nSales,2\n${long},1\n`;

  const reading = await readUserGroupsFile(arriving(text), new Set(['1', '2']));

  expect(reading.memberships).toEqual([
    { group: 'IT', userId: '1' },
    { group: 'Sales', userId: '2' },
  ]);
  expect(reading.refused.kept).toEqual([
    { line: 4, column: 'user_id', value: '9', cause: 'user_unknown' },
    { line: 5, column: 'group_name', value: null, cause: 'group_name_missing' },
    { line: 6, column: 'user_id', value: null, cause: 'user_id_missing' },
    { line: 8, column: 'group_name', value: long.slice(0, 200), cause: 'cell_too_long' },
  ]);
});

it.each(['=1+1', '+1', '-1', '@x', '\tx', '\rx', '\nx', '\0x', '  =1', '＝1+1', '＋1', '－1', '＠x'])(
  '[IMP-05] CSV that we write quotes every cell, and %j is no formula in it',
  (cell) => {
    expect(writeCsv([['a', cell, 'b"c']])).toBe(`"a","'${cell}","b""c"\r\n`);
  },
);
