import { beforeEach, describe, expect, it } from 'vitest';
import { at, aView } from '../../test/support/setup-builders.ts';
import { forgetJourney, useJourney } from './journey.ts';

beforeEach(forgetJourney);

describe('the journey that a page knows', () => {
  it('is the newer of two views of a run, in whichever order they come', () => {
    const { note, view } = useJourney();
    const older = aView({ choose_provider: 'open' }, { revision: 3 });
    const newer = aView({ choose_provider: 'done' }, { revision: 4 });

    note(newer);
    note(older);

    expect(view.value).toBe(newer);
  });

  it('is the run that a reset begins, though its revisions count anew', () => {
    const { note, view } = useJourney();
    const begun = aView({ choose_provider: 'open' }, { revision: 2, state: 'in_progress' });
    const younger = {
      ...begun,
      features: begun.features.map((feature) => ({
        ...feature,
        steps: feature.steps.map((step) => ({ ...step, since: at(60_000) })),
      })),
    };

    note(aView({ choose_provider: 'done' }, { revision: 12, state: 'live' }));
    note(younger);

    expect(view.value).toBe(younger);
  });
});
