/** Stands in for learned popularity (semantics.md): public services that everybody is expected to reach. */
export const popularPorts: readonly string[] = ['tcp/80', 'tcp/443', 'udp/443', 'udp/53', 'tcp/53', 'tcp/25'];
