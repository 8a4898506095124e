import { expect, it } from 'vitest';
import { contactForWork } from './told-contacts.ts';

const at = (day: number) => new Date(Date.UTC(2026, 2, day));
const contact = (id: string, of: { recorded: number; opened?: number; bounced?: true }) => ({
  id,
  createdAt: at(of.recorded),
  isBounced: of.bounced ?? false,
  lastOpenedAt: of.opened === undefined ? null : at(of.opened),
});
const first = contact('first', { recorded: 1 });
const second = contact('second', { recorded: 2 });

it.each([
  ['nobody is recorded', [], undefined],
  ['nobody has opened a link yet: who was recorded first', [second, first], 'first'],
  [
    'some have: who opened one last',
    [first, contact('did', { recorded: 3, opened: 9 }), contact('old', { recorded: 1, opened: 5 })],
    'did',
  ],
  [
    'the mailbox of that one is gone: the next',
    [contact('gone', { recorded: 1, opened: 9, bounced: true }), second],
    'second',
  ],
  [
    'the only mailbox is gone: that one all the same',
    [contact('gone', { recorded: 1, bounced: true })],
    'gone',
  ],
])('work goes to one contact; %s', (_what, contacts, expected) => {
  expect(contactForWork(contacts)?.id).toBe(expected);
});
