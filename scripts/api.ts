import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sayReachable } from '../api/reachable.ts';
import { createApiDeps, startApi } from '../api/server.ts';
import { apiPartsOf, startBounceListener, startFileServer } from '../parts.ts';
import { runProgram } from './program.ts';

/** `npm run api`: the HTTP surfaces. Any number may run side by side. */
await runProgram('api', async (config, parts) => {
  const portalFolder = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'portal');
  const deps = createApiDeps(apiPartsOf(parts, config, { portalFolder, embedded: undefined }));
  const api = await startApi(deps, {
    listen: { hosts: config.server.hosts, port: config.server.port },
    operators: { hosts: [config.ops.host], port: config.ops.port },
  });
  const stopListener = await startBounceListener(parts, config);
  const stopFileServer = await startFileServer(deps, config);
  const stopSaying = sayReachable(deps);
  return async () => {
    stopSaying();
    await Promise.all([stopListener(), stopFileServer()]);
    await api.close();
  };
});
