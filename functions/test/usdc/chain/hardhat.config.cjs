/** A chain that says that it is Base. Its accounts have other keys than the addresses that the backend derives. */
const mnemonic = 'legal winner thank year wave sausage worth useful legal winner thank yellow';

module.exports = { networks: { hardhat: { chainId: 8453, accounts: { mnemonic } } } };
