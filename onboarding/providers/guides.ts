import { findDestination } from '../log-streams/destinations/index.ts';
import { findDirectoryGuide } from './directory/index.ts';
import { findDnsHost } from './dns/index.ts';
import { findGuide } from './sign-in/index.ts';

/** The guides of every kind, as far as they are alike: whose console it is, its screens, when its texts were compared. */

export const guideKinds = ['sign_in', 'directory', 'log_stream', 'dns_host'] as const;

export type GuideKind = (typeof guideKinds)[number];

export interface AnyGuide {
  readonly id: string;
  readonly name: string;
  /** Which of the product's ways; null where it has one only. */
  readonly way: string | null;
  readonly steps: readonly { readonly id: string; readonly title: string }[];
  readonly checkedOn: string;
}

export function findAnyGuide(kind: GuideKind, id: string): AnyGuide | undefined {
  if (kind === 'dns_host') {
    const host = findDnsHost(id);
    return host && { id, name: host.name, way: null, steps: ofDnsHosts, checkedOn: host.source.checkedOn };
  }
  const guide = finders[kind](id);
  return guide && { ...guide, way: guide.variant?.label ?? null };
}

const finders = { sign_in: findGuide, directory: findDirectoryGuide, log_stream: findDestination };

/** A DNS host's guide is one screen long. */
const ofDnsHosts = [{ id: 'record', title: 'Add the TXT record' }] as const;
