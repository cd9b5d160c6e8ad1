import type { Deployment } from '@overskill/protocol'

/** The newest version before `newest` that is known to build: it has an artifact. Undefined when there is none. */
export function lastGreen(deployments: readonly Deployment[], newest: number | undefined): number | undefined {
  const built = deployments.filter(
    ({ environment, artifact, version }) =>
      environment === 'preview' && artifact !== undefined && newest !== undefined && version < newest,
  )
  return built.length === 0 ? undefined : Math.max(...built.map(({ version }) => version))
}
