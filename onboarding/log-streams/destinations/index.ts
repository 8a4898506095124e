import { fillTexts, guidesByName } from '../../providers/guide-texts.ts';
import type {
  DestinationField,
  DestinationId,
  StreamDestination,
  StreamStep,
  StreamValues,
} from '../destination.ts';
import { amazonS3, amazonS3Keys } from './amazon-s3.ts';
import { datadog } from './datadog.ts';
import { elastic } from './elastic.ts';
import { googleCloudStorage, googleCloudStorageHmac } from './google-cloud-storage.ts';
import { https } from './https.ts';
import { microsoftSentinel } from './microsoft-sentinel.ts';
import { newRelic } from './new-relic.ts';
import { s3Compatible } from './s3-compatible.ts';
import { splunk } from './splunk.ts';
import { sumoLogic } from './sumo-logic.ts';
import { syslog } from './syslog.ts';

/** Every destination, in the order the page offers them; of the ways of one product the recommended one first. */
export const destinations: readonly StreamDestination[] = [
  splunk,
  datadog,
  microsoftSentinel,
  amazonS3,
  amazonS3Keys,
  googleCloudStorage,
  googleCloudStorageHmac,
  newRelic,
  elastic,
  sumoLogic,
  s3Compatible,
  https,
  syslog,
];

/** What this installation offers: a role can be assumed only by somebody who has an identity at AWS. */
export interface StreamOffer {
  readonly hasAwsIdentity: boolean;
}

/** What the list of destinations shows of one; `ways` are all of its ways in, and none where there is nothing to choose. */
export interface DestinationSummary {
  readonly id: DestinationId;
  readonly name: string;
  readonly mark: string;
  readonly matchedName: string | null;
  readonly needs: readonly string[];
  readonly ways: readonly { readonly id: DestinationId; readonly label: string; readonly gain: string }[];
}

export function findDestination(id: string): StreamDestination | undefined {
  return destinations.find((destination) => destination.id === id);
}

/** Throws for an id that is none: of a stored stream, that is a bug. */
export function getDestination(id: string): StreamDestination {
  const found = findDestination(id);
  if (found === undefined) throw new Error(`there is no destination ${id}`);
  return found;
}

export function isOfferedDestination({ id }: StreamDestination, offer: StreamOffer): boolean {
  return id !== 'amazon-s3' || offer.hasAwsIdentity;
}

/** Destinations by any name they go or went by, as `findProviders` finds providers. */
export function findDestinations(query: string, offer: StreamOffer): readonly DestinationSummary[] {
  const offered = destinations.filter((destination) => isOfferedDestination(destination, offer));
  return guidesByName(offered, query).flatMap(({ guides, matchedName }) => summaryOf(guides, matchedName));
}

/**
 * The destination with every `{PLACEHOLDER}` replaced by its value; throws where one is not given. Where nobody has said
 * from which addresses we send, the steps that ask to let them in are left out.
 */
export function fillDestination(destination: StreamDestination, values: StreamValues): StreamDestination {
  const filled = fillTexts(destination, values);
  if (values.OUR_ADDRESSES !== '') return filled;
  return { ...filled, steps: filled.steps.filter((step) => !asksForOurAddresses(step)) };
}

const asksForOurAddresses = ({ blocks }: StreamStep): boolean =>
  blocks.some((block) => block.kind === 'value' && block.placeholder === 'OUR_ADDRESSES');

/**
 * The fields as a page offers them. In a sandbox with a test sink, Datadog's sites have it among them: everything else that
 * the sink plays takes an address anyway.
 */
export function fieldsOf(
  { id, fields }: StreamDestination,
  sinkUrl: string | null,
): readonly DestinationField[] {
  if (id !== 'datadog' || sinkUrl === null) return fields;
  const sink = { value: `${sinkUrl}/datadog`, label: 'Test sink' };
  return fields.map((field) =>
    field.kind === 'choice' && field.name === 'site'
      ? { ...field, choices: [...field.choices, sink] }
      : field,
  );
}

function summaryOf(
  ways: readonly StreamDestination[],
  matchedName: string | null,
): readonly DestinationSummary[] {
  const [recommended] = ways;
  if (recommended === undefined) return [];
  const { id, name, mark, needs } = recommended;
  const told = ways.flatMap((way) => (way.variant === undefined ? [] : [{ id: way.id, ...way.variant }]));
  return [{ id, name, mark, matchedName, needs, ways: told.length > 1 ? told : [] }];
}
