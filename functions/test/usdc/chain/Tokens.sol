// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// A dollar with six decimals, as Circle's, of which everybody may make as many as they like.
contract Dollar is ERC20 {
    constructor() ERC20("USD Coin", "USDC") {}

    function decimals() public pure override returns (uint8) {
        return 6;
    }

    function mint(address to, uint256 value) external {
        _mint(to, value);
    }

    /// Several transfers in one transaction.
    function transferEach(address[] calldata to, uint256[] calldata values) external {
        for (uint256 i = 0; i < to.length; i++) transfer(to[i], values[i]);
    }
}

/// Transfers nothing, and says that it did.
contract Pretender {
    event Transfer(address indexed from, address indexed to, uint256 value);

    function pretend(address to, uint256 value) external {
        emit Transfer(msg.sender, to, value);
    }
}
