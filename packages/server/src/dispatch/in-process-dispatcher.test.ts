import { createInProcessDispatcher } from './in-process-dispatcher.ts'
import { onlyExpected, testDispatchContract } from './test-dispatch-contract.ts'

testDispatchContract(async () => createInProcessDispatcher(onlyExpected))
