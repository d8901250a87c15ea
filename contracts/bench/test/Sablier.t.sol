// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Bench} from "./Bench.sol";

/// @notice What is called of Sablier Lockup, by its published ABI.
interface ILockup {
    struct Times {
        uint40 start;
        uint40 end;
    }

    struct Stream {
        address sender;
        address recipient;
        uint128 amount;
        address token;
        bool cancelable;
        bool transferable;
        Times times;
        string shape;
    }

    struct Unlocks {
        uint128 start;
        uint128 cliff;
    }

    struct Tranche {
        uint128 amount;
        uint40 at;
    }

    struct Price {
        address oracle;
        uint128 target;
    }

    function createWithTimestampsLL(Stream calldata, Unlocks calldata, uint40 granularity, uint40 cliff)
        external
        returns (uint256);
    function createWithTimestampsLT(Stream calldata, Tranche[] calldata) external returns (uint256);
    function createWithTimestampsLPG(Stream calldata, Price calldata) external returns (uint256);
    function withdrawMax(uint256 stream, address to) external returns (uint128);
    function withdrawMultiple(uint256[] calldata streams, uint128[] calldata amounts) external;
    function withdrawableAmountOf(uint256 stream) external view returns (uint128);
    function cancel(uint256 stream) external returns (uint128);
}

interface IBatch {
    struct Linear {
        address sender;
        address recipient;
        uint128 amount;
        bool cancelable;
        bool transferable;
        ILockup.Times times;
        uint40 cliff;
        ILockup.Unlocks unlocks;
        uint40 granularity;
        string shape;
    }

    function createWithTimestampsLL(address lockup, address token, Linear[] calldata)
        external
        returns (uint256[] memory);
}

/// @notice What is called of Sablier Flow, by its published ABI.
interface IFlow {
    function createAndDeposit(
        address sender,
        address recipient,
        uint128 perSecond,
        uint40 start,
        address token,
        bool transferable,
        uint128 amount
    ) external returns (uint256);
    function withdrawMax(uint256 stream, address to) external returns (uint128);
}

/// @notice A price feed that answers from one slot.
contract Feed {
    int256 public price = 1e8;

    function set(int256 price_) external {
        price = price_;
    }

    function decimals() external pure returns (uint8) {
        return 8;
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return (1, price, block.timestamp, block.timestamp, 1);
    }
}

/// @dev The comptroller stands behind its proxy and asks no fee, as its authors' scripts set it.
abstract contract Sablier is Bench {
    string private constant UTILS = "@sablier/evm-utils/artifacts/";

    function comptroller() internal returns (address) {
        address logic = create(
            abi.encodePacked(
                vm.parseBytes(shipped(string.concat(UTILS, "SablierComptroller.json"))), abi.encode(company)
            )
        );
        bytes memory start = abi.encodeWithSignature(
            "initialize(address,uint256,uint256,uint256,uint256,address)", company, 0, 0, 0, 0, address(0)
        );
        bytes memory proxy = vm.parseBytes(shipped(string.concat(UTILS, "ERC1967Proxy.json")));
        return create(abi.encodePacked(proxy, abi.encode(logic, start)));
    }
}

contract SablierLockupTest is Sablier {
    string private constant PACKAGE = "@sablier/lockup/artifacts/";

    ILockup private lockup;
    IBatch private batch;
    Feed private feed;

    function peer() internal pure override returns (string memory) {
        return "Sablier Lockup 4.0.1";
    }

    function setUp() public override {
        super.setUp();
        feed = new Feed();
        address helpers =
            create(vm.parseBytes(shipped(string.concat(PACKAGE, "libraries/LockupHelpers.json"))));
        address math = create(vm.parseBytes(shipped(string.concat(PACKAGE, "libraries/LockupMath.json"))));
        string memory code = shipped(string.concat(PACKAGE, "SablierLockup.json"));
        code = linked(code, "src/libraries/LockupHelpers.sol:LockupHelpers", helpers);
        code = linked(code, "src/libraries/LockupMath.sol:LockupMath", math);
        lockup = ILockup(create(abi.encodePacked(vm.parseBytes(code), abi.encode(comptroller(), address(1)))));
        batch = IBatch(create(vm.parseBytes(shipped(string.concat(PACKAGE, "SablierBatchLockup.json")))));
        allow(address(lockup));
        allow(address(batch));
        linear(someone()); // another grant stands already: the contract's own slots are in use
    }

    function stream(address to) private view returns (ILockup.Stream memory) {
        return
            ILockup.Stream(company, to, AMOUNT, address(coin), true, true, ILockup.Times(T0, END), "linear");
    }

    function linearData(address to) private view returns (bytes memory) {
        return abi.encodeCall(
            ILockup.createWithTimestampsLL, (stream(to), ILockup.Unlocks(0, AMOUNT / 4), 1, CLIFF)
        );
    }

    function linear(address to) private returns (uint256) {
        return abi.decode(send(company, address(lockup), linearData(to)), (uint256));
    }

    function withdraw(uint256 id, address to) private pure returns (bytes memory) {
        return abi.encodeCall(ILockup.withdrawMax, (id, to));
    }

    function test_Create() public {
        measure("fund and commit", company, address(lockup), linearData(someone()));
    }

    function test_CreateMany() public {
        IBatch.Linear[] memory all = new IBatch.Linear[](100);
        for (uint256 i; i < all.length; ++i) {
            all[i] = IBatch.Linear(
                company,
                someone(),
                AMOUNT,
                true,
                true,
                ILockup.Times(T0, END),
                CLIFF,
                ILockup.Unlocks(0, AMOUNT / 4),
                1,
                "linear"
            );
        }
        bytes memory data =
            abi.encodeCall(IBatch.createWithTimestampsLL, (address(lockup), address(coin), all));
        measure("commit", company, address(batch), data, all.length);
    }

    function test_Claim() public {
        address to = someone();
        uint256 id = linear(to);
        vm.warp(T0 + 2 * YEAR);
        measure("first claim one leaf", to, address(lockup), withdraw(id, to));
        vm.warp(T0 + 3 * YEAR);
        measure("later claim", to, address(lockup), withdraw(id, to));
        paid(to, AMOUNT / 4 * 3);
    }

    function test_Claim_48Tranches() public {
        ILockup.Tranche[] memory tranches = new ILockup.Tranche[](48);
        for (uint256 i; i < 48; ++i) {
            tranches[i] = ILockup.Tranche(AMOUNT / 48, T0 + uint40(4 * YEAR * (i + 1) / 48));
        }
        address to = someone();
        bytes memory data = abi.encodeCall(ILockup.createWithTimestampsLT, (stream(to), tranches));
        uint256 id = abi.decode(send(company, address(lockup), data), (uint256));
        vm.warp(T0 + 2 * YEAR + 1);
        send(to, address(lockup), withdraw(id, to));
        vm.warp(T0 + 3 * YEAR + 1);
        measure("later claim 48 segments", to, address(lockup), withdraw(id, to));
        paid(to, AMOUNT / 4 * 3);
    }

    /// @dev Its one condition is a price. All unlocks at once, so there is no later claim: the balance is not zero.
    function test_Claim_PriceGate() public {
        address to = someone();
        coin.mint(to, 1);
        bytes memory data =
            abi.encodeCall(ILockup.createWithTimestampsLPG, (stream(to), ILockup.Price(address(feed), 2e8)));
        uint256 id = abi.decode(send(company, address(lockup), data), (uint256));
        feed.set(3e8);
        vm.warp(T0 + YEAR);
        measure("later claim two gates", to, address(lockup), withdraw(id, to));
        paid(to, AMOUNT);
    }

    function test_Keeper() public {
        uint256[] memory ids = new uint256[](100);
        uint128[] memory amounts = new uint128[](100);
        address[] memory to = some(100);
        for (uint256 i; i < 100; ++i) {
            ids[i] = linear(to[i]);
            coin.mint(to[i], 1);
        }
        vm.warp(T0 + 2 * YEAR);
        for (uint256 i; i < 100; ++i) {
            amounts[i] = lockup.withdrawableAmountOf(ids[i]);
        }
        bytes memory data = abi.encodeCall(ILockup.withdrawMultiple, (ids, amounts));
        measure("keeper of 100 each", keeper, address(lockup), data, 100);
        for (uint256 i; i < 100; ++i) {
            paid(to[i], AMOUNT / 2);
        }
    }

    function test_End() public {
        uint256 id = linear(someone());
        vm.warp(T0 + 2 * YEAR);
        measure("end", company, address(lockup), abi.encodeCall(ILockup.cancel, (id)));
    }
}

/// @dev Open-ended pay by the second, without a cliff: claimed after one year and after two.
contract SablierFlowTest is Sablier {
    IFlow private flow;

    function peer() internal pure override returns (string memory) {
        return "Sablier Flow 3.0.1";
    }

    function setUp() public override {
        super.setUp();
        bytes memory code = vm.parseBytes(shipped("@sablier/flow/artifacts/SablierFlow.json"));
        flow = IFlow(create(abi.encodePacked(code, abi.encode(comptroller(), address(1)))));
        allow(address(flow));
        vm.warp(T0);
        send(company, address(flow), data(someone()));
    }

    function data(address to) private view returns (bytes memory) {
        uint128 perSecond = uint128(AMOUNT / (4 * YEAR));
        return
            abi.encodeCall(IFlow.createAndDeposit, (company, to, perSecond, 0, address(coin), true, AMOUNT));
    }

    function test_CreateAndClaim() public {
        address to = someone();
        bytes memory answer = measure("fund and commit", company, address(flow), data(to));
        bytes memory withdraw = abi.encodeCall(IFlow.withdrawMax, (abi.decode(answer, (uint256)), to));
        vm.warp(T0 + YEAR);
        measure("first claim one leaf", to, address(flow), withdraw);
        vm.warp(T0 + 2 * YEAR);
        measure("later claim", to, address(flow), withdraw);
        paid(to, AMOUNT / 2);
    }
}
