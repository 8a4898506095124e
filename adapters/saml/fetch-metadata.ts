import type { Egress } from '../egress.ts';
import { chooseEntity, type ChosenEntity } from './metadata-choice.ts';
import type { MetadataReading } from './metadata.ts';

export type MetadataSource = {
  url: string;
  /** Picks one of several entities; also the one that a refresh must find again. */
  entityId?: string | undefined;
  organizationId: string;
  sandboxLoopback: boolean;
  /** Of the last fetch: an unchanged document is not read again [MD-08]. */
  etag?: string | null;
};

/** Reads a document of strangers: `readMetadata` of the verifier, where an event loop must stay free [SAML-04]. */
type ReadDocument = (document: Uint8Array) => MetadataReading | Promise<MetadataReading>;

export type FetchedMetadata =
  { status: 'unchanged' } | { status: 'read'; chosen: ChosenEntity; etag: string | null };

/**
 * Fetches identity provider metadata and chooses its entity: the one road of the portal, the API and the refresh.
 * Throws `metadata_unreachable` with the egress's reason; what is wrong with the document is in the findings.
 */
export async function fetchIdpMetadata(
  egress: Egress,
  source: MetadataSource,
  read: ReadDocument,
): Promise<FetchedMetadata> {
  const answer = await egress.fetch(source.url, {
    feature: 'metadata',
    organizationId: source.organizationId,
    sandboxLoopback: source.sandboxLoopback,
    headers: {
      accept: 'application/samlmetadata+xml, application/xml, text/xml;q=0.9, */*;q=0.1',
      ...(source.etag ? { 'if-none-match': source.etag } : {}),
    },
  });
  if (answer.status === 304) return { status: 'unchanged' };
  const chosen = chooseEntity(await read(answer.body), source.entityId);
  return { status: 'read', chosen, etag: answer.headers.etag ?? null };
}
