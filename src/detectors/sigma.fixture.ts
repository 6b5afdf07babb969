import type { DetectorFixture } from '../../test/detector-fixture.ts';

const request = { event: 'request', method: 'GET', host: 'www.example.com', status: 404 } as const;

export const fixture: DetectorFixture = {
  cases: [
    {
      name: 'a rule that matches',
      config: { rules: ['src/detectors/sigma.fixture.yml'] },
      events: [{ ...request, at: 0, from: '203.0.113.9', path: '/only-for-the-fixture' }],
      finds: [{ actor: '203.0.113.9', kind: 'sigma', reason: 'A word that only the fixture asks for' }],
    },
    {
      name: 'a rule that does not',
      config: { rules: ['src/detectors/sigma.fixture.yml'] },
      events: [{ ...request, at: 0, from: '192.0.2.9', path: '/only-for-people' }],
      finds: [],
    },
    {
      name: 'no rules',
      events: [{ ...request, at: 0, from: '203.0.113.9', path: '/only-for-the-fixture' }],
      finds: [],
    },
  ],
};
