import { createInProcessBus } from './event-bus.ts'
import { testBusContract } from './test-bus-contract.ts'

testBusContract(async () => {
  const bus = createInProcessBus()
  return [bus, bus]
})
