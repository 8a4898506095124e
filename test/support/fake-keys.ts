/** API keys, as the dashboard lists them. */
import type { z } from 'zod';
import type { apiKeyView } from '../../api/contract/dashboard-keys.ts';
import { day, minute, timesAround, type World } from './fake-world.ts';

export function fakeKeys(world: World) {
  const { ago, ahead, some } = timesAround(world);

  const keys: z.infer<typeof apiKeyView>[] = some([
    {
      id: 'key_1',
      name: 'Made at the first start',
      suffix: 'x4Tq',
      scopes: ['full'],
      addresses: [],
      replacedBy: null,
      createdAt: ago(12 * day),
      lastUsedAt: ago(3 * minute),
      expiresAt: null,
      revokedAt: null,
    },
    {
      id: 'key_2',
      name: 'Staging backend',
      suffix: 'Lm20',
      scopes: ['onboarding', 'connections', 'sign_in'],
      addresses: [],
      replacedBy: null,
      createdAt: ago(8 * day),
      lastUsedAt: null,
      expiresAt: ahead(80 * day),
      revokedAt: null,
    },
    {
      id: 'key_4',
      name: 'Production backend',
      suffix: 'k3Fd',
      scopes: ['read'],
      addresses: ['203.0.113.0/24', '2001:db8:4::/48'],
      createdAt: ago(40 * day),
      lastUsedAt: ago(2 * minute),
      expiresAt: ahead(day),
      revokedAt: null,
      replacedBy: 'key_2',
    },
    {
      id: 'key_3',
      name: 'Old laptop',
      suffix: 'aa9c',
      scopes: ['full'],
      addresses: [],
      replacedBy: null,
      createdAt: ago(90 * day),
      lastUsedAt: ago(70 * day),
      expiresAt: null,
      revokedAt: ago(60 * day),
    },
  ]);

  return keys;
}
