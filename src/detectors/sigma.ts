import * as z from 'zod';
import type { Detector } from '../model/detector.ts';

/**
 * Sigma: a site's own rules and correlations over the events, with the meaning that docs/sigma.md gives them. A rule
 * states what its author states; it raises no built-in finding and lowers none.
 */

const config = z
  .strictObject({
    rules: z
      .array(z.string())
      .default([])
      .describe(
        'Files and folders of Sigma rules to run. None by default: the built-in detectors know the same scans, with outcomes and popularity.',
      ),
    placeholders: z
      .record(z.string(), z.array(z.string()).min(1))
      .default({})
      .describe(
        'Values for %name% in rules with |expand, by name. A rule with a name that is not here is refused.',
      ),
  })
  .prefault({});

/** What runs rules, loaded when there are some: YAML and RE2 are a third of the program. */
let program: typeof import('./sigma-running.ts') | undefined;

export const sigma: Detector<z.infer<typeof config>> = {
  name: 'sigma',
  title: 'Sigma rules and correlations of the site',
  config,
  async prepare({ rules }) {
    if (rules.length > 0) program = await import('./sigma-running.ts');
  },
  start(settings) {
    if (settings.rules.length === 0) return { counts: [] };
    if (program === undefined) throw new Error('the detector was not prepared');
    return program.startRules(settings);
  },
};
