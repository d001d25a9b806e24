// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ERC20, IERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

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

    function transfer(address to, uint256 value) external returns (bool) {
        emit Transfer(msg.sender, to, value);
        return true;
    }
}

/// Has tokens of several kinds, and lets everybody spend them, several in one transaction.
contract Purse {
    function payEach(IERC20[] calldata tokens, address[] calldata to, uint256[] calldata values) external {
        for (uint256 i = 0; i < to.length; i++) tokens[i].transfer(to[i], values[i]);
    }
}
