import { dnsFaultRoutes } from './dns-faults.ts';
import { dnsRecordRoutes } from './dns-records.ts';
import { mailRoutes } from './mails.ts';
import { rehearsalRoutes } from './rehearsal.ts';
import { switchRoutes } from './switches.ts';
import { testDirectoryContentRoutes } from './test-directory-content.ts';
import { testDirectoryUseRoutes } from './test-directory-use.ts';
import { testDirectoryRoutes } from './test-directory.ts';
import { testIdpRoutes } from './test-idp.ts';
import { testPeopleRoutes } from './test-people.ts';
import { testSinkRoutes } from './test-sink.ts';

/** What the sandbox's pages and scripts turn and read; there in the embedded default only. */
export const sandboxRoutes = [
  ...mailRoutes,
  ...dnsRecordRoutes,
  ...dnsFaultRoutes,
  ...testIdpRoutes,
  ...testPeopleRoutes,
  ...testDirectoryRoutes,
  ...testDirectoryUseRoutes,
  ...testDirectoryContentRoutes,
  ...testSinkRoutes,
  ...rehearsalRoutes,
  ...switchRoutes,
];
