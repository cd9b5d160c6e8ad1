export * from './app-tables.ts'
export * from './deployment-tables.ts'
export * from './file-tables.ts'
export * from './turn-tables.ts'
