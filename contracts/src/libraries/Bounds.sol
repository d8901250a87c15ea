// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice Lower confidence bounds in exact integers (ppb, rounded down), and what they pay.
/// @dev With samples below 2^32 and bound below 2^16 no product exceeds 2^208.
library Bounds {
    uint256 internal constant PROPORTION = 0;
    uint256 internal constant PAIRED = 1;
    uint256 internal constant MEASURE = 2;
    uint256 internal constant COUNT = 3;
    uint256 private constant ONE = 1e9;

    /// @notice Whether x and y are possible for n samples of this kind.
    function isPossible(uint256 kind, uint256 n, uint256 x, uint256 y) internal pure returns (bool) {
        if (kind == PROPORTION) return x <= n && y == 0;
        if (kind == PAIRED) return x + y <= n;
        if (kind == MEASURE) return x <= ONE * n && y == 0;
        return x <= uint64(type(int64).max) && y == 0; // the positive maximum
    }

    /// @notice The bound that decides; x and y must be possible, n at least 1.
    function lowerDown(uint256 kind, uint256 b, uint256 n, uint256 x, uint256 y)
        internal
        pure
        returns (int256)
    {
        if (kind == PROPORTION) return wilsonDown(b, n, x);
        if (kind == PAIRED) return bonettPriceDown(b, n, x, y);
        if (kind == MEASURE) return hoeffdingDown(b, n, x);
        return int256(x); // < 2^63
    }

    /// @notice The fraction paid (ppb): 0 below the threshold, from basePpb linear to one at the stretch.
    function payoutDown(int256 lower, int256 threshold, int256 stretch, uint256 basePpb)
        internal
        pure
        returns (uint256)
    {
        if (lower < threshold) return 0;
        if (lower >= stretch) return ONE;
        // threshold <= lower < stretch: both differences are positive
        return basePpb + (ONE - basePpb) * uint256(lower - threshold) / uint256(stretch - threshold);
    }

    /// @dev Wilson's score bound for k right answers of n.
    function wilsonDown(uint256 b, uint256 n, uint256 k) private pure returns (int256) {
        uint256 b2 = b * b;
        uint256 centre = ONE * n * (2e6 * k + b2);
        uint256 spread = Math.sqrt(1e18 * b2 * n * (b2 * n + 4e6 * k * (n - k)), Math.Rounding.Ceil);
        return centre <= spread ? int256(0) : int256((centre - spread) / (2 * n * (1e6 * n + b2))); // < 1e9
    }

    /// @dev Bonett and Price's adjusted bound for the difference of paired proportions.
    function bonettPriceDown(uint256 b, uint256 n, uint256 x, uint256 y) private pure returns (int256) {
        uint256 nn = n + 2;
        uint256 s = x + y + 2;
        int256 d = int256(x) - int256(y); // both < 2^32
        // d^2 <= (s - 2)^2 < nn * s, since s <= nn
        uint256 spread = Math.sqrt(1e18 * b * b * nn * (nn * s - uint256(d * d)), Math.Rounding.Ceil);
        return divDown(1e12 * int256(nn) * d - int256(spread), int256(1000 * nn * nn)); // all < 2^208
    }

    /// @dev Hoeffding's bound for the mean of n scores in 0..1e9 that sum to x.
    function hoeffdingDown(uint256 b, uint256 n, uint256 x) private pure returns (int256) {
        uint256 spread = Math.sqrt(5e14 * b * n, Math.Rounding.Ceil);
        return divDown(int256(x) - int256(spread), int256(n)); // x <= 1e9 n, spread < 2^50
    }

    /// @dev Division towards minus infinity, by a positive number.
    function divDown(int256 a, int256 by) private pure returns (int256) {
        int256 quotient = a / by;
        return a % by < 0 ? quotient - 1 : quotient;
    }
}
