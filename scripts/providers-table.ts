import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { providersDocument } from './providers-table/document.ts';

/** `npm run providers-table`: writes `docs/providers.md` from the guides. */
await writeFile(path.join(process.cwd(), 'docs', 'providers.md'), providersDocument());
process.stdout.write('docs/providers.md is written.\n');
