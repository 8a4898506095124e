import { expect, it } from 'vitest';
import { providerQuestions } from './hints.ts';
import { findProviders } from './index.ts';

const offered = findProviders('', { includeSandbox: false }).map(({ id }) => id);

it.each(providerQuestions.map(({ id, answers }) => [id, answers] as const))(
  'leads from every answer to %s to a provider that is offered, by its recommended way',
  (_id, answers) => {
    expect(answers.length).toBeGreaterThan(1);
    expect(answers.filter(({ guideId }) => !offered.includes(guideId))).toEqual([]);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(answers.length);
  },
);
