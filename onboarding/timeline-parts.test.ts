import { describe, expect, it } from 'vitest';
import { featureOfEntry } from './timeline-parts.ts';

describe('what an entry of the timeline is about', () => {
  it('is the feature of its step', () => {
    expect(featureOfEntry({ kind: 'step_completed', step: 'configure_stream', facts: {} })).toBe(
      'log_streams',
    );
  });

  it('is the feature that it names', () => {
    const facts = { feature: 'directory_sync' };
    expect(featureOfEntry({ kind: 'feature_skipped', step: null, facts })).toBe('directory_sync');
  });

  it('is told by its kind where it names neither', () => {
    expect(featureOfEntry({ kind: 'stream_removed', step: null, facts: {} })).toBe('log_streams');
    expect(featureOfEntry({ kind: 'domain_contested', step: null, facts: {} })).toBe('domain_verification');
    expect(featureOfEntry({ kind: 'certificate_proven', step: null, facts: {} })).toBe('certificate_renewal');
  });

  it('is the whole set-up otherwise', () => {
    expect(featureOfEntry({ kind: 'live', step: null, facts: {} })).toBeUndefined();
    expect(featureOfEntry({ kind: 'order_changed', step: null, facts: {} })).toBeUndefined();
  });
});
