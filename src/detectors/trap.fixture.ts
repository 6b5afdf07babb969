import type { DetectorFixture } from '../../test/detector-fixture.ts';

const config = {
  addresses: ['198.51.100.128/25', '2001:db8:51:dead::/64'],
  ports: ['tcp/2222'],
  paths: ['/backup-2019/'],
  names: ['vpn-old.example.com'],
};

export const fixture: DetectorFixture = {
  cases: [
    {
      name: 'each trap touched once',
      config,
      events: [
        { at: 0, from: '203.0.113.1', to: '198.51.100.200', port: 80, outcome: 'unanswered' },
        { at: 1, from: '2001:db8:a:1::9', to: '2001:db8:51:dead::1', port: 22, outcome: 'unanswered' },
        { at: 2, from: '203.0.113.2', to: '198.51.100.4', port: 2222, outcome: 'refused' },
        { at: 3, from: '203.0.113.3', event: 'request', path: '/backup-2019/', status: 404 },
        { at: 4, from: '203.0.113.4', event: 'query', name: 'VPN-old.example.com.', type: 1, status: 0 },
      ],
      finds: [
        { actor: '203.0.113.1', kind: 'trap', reason: 'where nothing lives' },
        { actor: '2001:db8:a:1::/64', kind: 'trap' },
        { actor: '203.0.113.2', kind: 'trap', reason: 'port 2222' },
        { actor: '203.0.113.3', kind: 'trap', reason: '/backup-2019/' },
        { actor: '203.0.113.4', kind: 'trap', reason: 'canary name' },
      ],
    },
    {
      name: 'neighbours of traps, replies, and the same port elsewhere in the world',
      config,
      events: [
        { at: 0, from: '203.0.113.1', to: '198.51.100.127', port: 80, outcome: 'answered' },
        { at: 1, from: '203.0.113.2', to: '198.51.100.200', port: 50_000, role: 'responder' },
        { at: 2, from: '10.0.0.4', to: '192.0.2.4', port: 2222, outcome: 'answered' },
        { at: 3, from: '203.0.113.3', event: 'request', path: '/backup-2019/x', status: 404 },
        { at: 4, from: '203.0.113.4', event: 'query', name: 'vpn.example.com', type: 1, status: 0 },
      ],
      finds: [],
    },
    {
      name: 'nothing is a trap until somebody says so',
      events: [{ at: 0, from: '203.0.113.1', to: '198.51.100.200', port: 2222, outcome: 'unanswered' }],
      finds: [],
    },
  ],
};
