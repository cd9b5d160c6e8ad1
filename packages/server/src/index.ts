export { createControlPlane, type ControlPlane, type ControlPlaneOptions } from './control-plane.ts'
export { readConfig, type Config } from './config.ts'
export { routes, type Route } from './http/route-table.ts'
