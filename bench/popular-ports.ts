import { serviceName } from '../src/model/service.ts';
import { publicPorts } from '../src/state/popularity.ts';

/** Stands in for learned popularity: public services that everybody is expected to reach; 'tcp/443' …. */
export const popularPorts: readonly string[] = [...publicPorts].map(serviceName);
