import type { RequestHandler } from 'express';
import { createAccessTokens } from '../adapters/access-tokens.ts';
import { createDirectorySources } from '../adapters/directories/sources.ts';
import type { RelyingParty } from '../adapters/oidc/relying-party.ts';
import { createSamlVerifier } from '../adapters/saml/verifier.ts';
import type { WorkflowClient } from '../adapters/workflow-client.ts';
import type { WorkflowHistories } from '../adapters/workflow-history.ts';
import type { Db } from '../db/index.ts';
import { createApp, createOperatorsApp } from './app.ts';
import { createDirectoryRequestLog } from './protocols/scim/request-log.ts';
import { broughtAddresses } from './protocols/saml/brought-addresses.ts';
import type { ApiDeps } from './deps.ts';
import { createEnvironments } from './environments.ts';
import { gatherDeveloperWrites } from './gathered-developer-writes.ts';
import { listen, type Listen } from './listen.ts';
import { createMetrics } from './metrics.ts';
import { createRateLimits } from './middleware/limit-rates.ts';
import { createAuditSchemas } from './audit-schemas.ts';
import { createOnboardingClient } from './onboarding-client.ts';
import { createPortalPages } from './portal-pages.ts';
import { operatorTables, tables } from './routes/index.ts';
import { createTenants } from './tenants.ts';

/** What a program hands in: adapters and settings. The rest of `ApiDeps` is made from them. */
export type ApiParts = Omit<
  ApiDeps,
  | 'onboardingClient'
  | 'workflowHistories'
  | 'pages'
  | 'limits'
  | 'environments'
  | 'auditSchemas'
  | 'gathered'
  | 'tenants'
  | 'metrics'
  | 'directoryRequests'
  | 'samlVerifier'
  | 'relyingParty'
  | 'accessTokens'
  | 'directorySources'
> & {
  /** The fast path's connection to Temporal: lazy, without retries. */
  workflows: Pick<WorkflowClient, 'deliver' | 'isReachable'> &
    Partial<Pick<WorkflowClient, 'client' | 'namespace' | 'forget'>>;
  /** Works as `vestibule_system`, for the figures of the outbox; null leaves them out. */
  systemDb: Db | null;
};

export function createApiDeps({ workflows, systemDb, ...parts }: ApiParts): ApiDeps {
  const { db, dns, now, settings } = parts;
  const metrics = createMetrics({ systemDb, dns, now });
  return {
    ...parts,
    metrics,
    onboardingClient: createOnboardingClient({ db, workflows, now, metrics }),
    workflowHistories: readHistories(workflows, now),
    limits: createRateLimits({ db, factor: settings.rateLimitFactor }),
    environments: createEnvironments({ db, now }),
    auditSchemas: createAuditSchemas({ db, now }),
    gathered: gatherDeveloperWrites({ db, now }),
    tenants: createTenants({ db }),
    directoryRequests: createDirectoryRequestLog({
      db,
      onFailure: (err) => parts.logger.error({ err }, 'calls of directories could not be kept'),
    }),
    pages: createPortalPages({ folder: parts.portalFolder }),
    samlVerifier: createSamlVerifier({ threads: 2, queueLimit: 100 }),
    relyingParty: openRelyingParty({ egress: parts.egress, now }),
    directorySources: createDirectorySources(parts.egress),
    accessTokens: createAccessTokens({ secrets: parts.secrets }),
  };
}

/** Loads the library of OpenID Connect with the first answer. */
function openRelyingParty(deps: Pick<ApiDeps, 'egress' | 'now'>): RelyingParty {
  let loaded: Promise<RelyingParty> | undefined;
  async function load(): Promise<RelyingParty> {
    const { createRelyingParty } = await import('../adapters/oidc/relying-party.ts');
    return createRelyingParty(deps);
  }
  return { verify: async (trust, answer) => (await (loaded ??= load())).verify(trust, answer) };
}

/** Loads what reads histories with the first reading: it is large, and a reading is rare. */
function readHistories(
  { client, namespace }: ApiParts['workflows'],
  now: () => Date,
): WorkflowHistories | null {
  if (client === undefined || namespace === undefined) return null;
  let loaded: Promise<WorkflowHistories> | undefined;
  async function load(openClient: WorkflowClient['client']): Promise<WorkflowHistories> {
    const { createWorkflowHistories } = await import('../adapters/workflow-history.ts');
    return createWorkflowHistories({ client: await openClient(), now });
  }
  const histories = () => (loaded ??= load(client));
  return {
    namespace,
    read: async (workflowId, deadlineMs) => (await histories()).read(workflowId, deadlineMs),
    readEvents: async (run, deadlineMs) => (await histories()).readEvents(run, deadlineMs),
  };
}

export interface ApiServer {
  port: number;
  operatorsPort: number | null;
  /** Stops accepting, lets requests finish for up to `drainMs`, then cuts what is left. Live streams end at once. */
  close(drainMs?: number): Promise<void>;
}

/** Starts to answer. `operators` is the address of `/readyz` and `/metrics`; null where the main port has them. */
export async function startApi(
  deps: ApiDeps,
  options: { listen: Listen; operators: Listen | null; plugins?: readonly RequestHandler[] },
): Promise<ApiServer> {
  const plugins = [deps.pages.serveAssets, ...(options.plugins ?? [])];
  const main = await listen(createApp(deps, tables, [...plugins, broughtAddresses(deps)]), options.listen);
  const operators =
    options.operators === null
      ? null
      : await listen(createOperatorsApp(deps, operatorTables), options.operators);
  return {
    port: main.port,
    operatorsPort: operators?.port ?? null,
    async close(drainMs = 25_000) {
      await Promise.all([main.close(drainMs), operators?.close(drainMs)]);
      await deps.directoryRequests.close();
      await deps.samlVerifier.close();
    },
  };
}
